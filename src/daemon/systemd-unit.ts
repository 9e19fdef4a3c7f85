import type { ServiceDescription } from "./description.ts";

/** Whether a unit belongs to one user or to the whole system. */
export type Scope = "user" | "system";

type Setting = readonly [name: string, value: string];

/** The text of a systemd unit that keeps the service running. */
export function unitText(service: ServiceDescription, scope: Scope): string {
  const target = scope === "user" ? "default.target" : "multi-user.target";
  return [
    section("Unit", unitSettings(service, scope)),
    section("Service", serviceSettings(service, scope)),
    section("Install", [["WantedBy", target]]),
  ].join("\n");
}

function section(name: string, settings: readonly Setting[]): string {
  return [`[${name}]`, ...settings.map(([key, value]) => `${key}=${value}`), ""].join("\n");
}

function unitSettings(service: ServiceDescription, scope: Scope): Setting[] {
  const online: Setting[] = [
    ["Wants", "network-online.target"],
    ["After", "network-online.target"],
  ];
  return [
    ["Description", escapeSpecifiers(service.summary.replace(/\s+/g, " ").trim())],
    ...(scope === "system" ? online : []),
    ["StartLimitIntervalSec", "60"],
    // One more than the starts after which the gateway keeps to its control plane: that one must be let through.
    ["StartLimitBurst", "6"],
  ];
}

function serviceSettings(service: ServiceDescription, scope: Scope): Setting[] {
  const notifying: Setting[] = [
    ["Type", "notify"],
    ["NotifyAccess", "main"],
    ["WatchdogSec", "60"],
    // Reads the config anew.
    ["ExecReload", "/bin/kill -HUP $MAINPID"],
  ];
  const environment = Object.entries(service.environment).map(
    ([name, value]): Setting => ["Environment", quoted(`${name}=${value}`)],
  );
  const file: Setting[] =
    service.environmentFile === undefined ? [] : [["EnvironmentFile", `-${service.environmentFile}`]];
  return [
    ...(service.notifies ? notifying : ([["Type", "exec"]] as const)),
    ["ExecStart", commandLine(service.program)],
    ["Restart", "on-failure"],
    ["RestartSec", "5"],
    // Another gateway has the state, or the config is wrong: starting again would not help.
    ["RestartPreventExitStatus", "3 78"],
    ["KillMode", "mixed"],
    ["TimeoutStopSec", "30"],
    ...environment,
    ...file,
    // The runtime obeys these, and would run what they name.
    ["UnsetEnvironment", "BUN_OPTIONS BUN_BE_BUN"],
    ["UMask", "0077"],
    ["NoNewPrivileges", "yes"],
    ["LockPersonality", "yes"],
    ["RestrictRealtime", "yes"],
    ["RestrictSUIDSGID", "yes"],
    ["SystemCallArchitectures", "native"],
    // A user's manager may not make the namespaces that most of the others need.
    ...(scope === "system" ? systemHardening(service) : []),
  ];
}

/** MemoryDenyWriteExecute is not among them: the JIT compiler needs what it denies. */
function systemHardening({ stateDirectory }: ServiceDescription): Setting[] {
  const state: Setting[] =
    stateDirectory === undefined
      ? []
      : [
          ["StateDirectory", stateDirectory],
          ["StateDirectoryMode", "0700"],
          ["WorkingDirectory", `/var/lib/${stateDirectory}`],
        ];
  return [
    ["DynamicUser", "yes"],
    ...state,
    ["ProtectSystem", "strict"],
    ["ProtectHome", "yes"],
    ["PrivateTmp", "yes"],
    ["PrivateDevices", "yes"],
    ["ProtectClock", "yes"],
    ["ProtectControlGroups", "yes"],
    ["ProtectHostname", "yes"],
    ["ProtectKernelLogs", "yes"],
    ["ProtectKernelModules", "yes"],
    ["ProtectKernelTunables", "yes"],
    ["ProtectProc", "invisible"],
    ["RestrictNamespaces", "yes"],
    ["RemoveIPC", "yes"],
    ["CapabilityBoundingSet", ""],
    ["AmbientCapabilities", ""],
    ["SystemCallFilter", "@system-service"],
    ["SystemCallErrorNumber", "EPERM"],
    // Netlink is how a program learns the addresses of its own machine.
    ["RestrictAddressFamilies", "AF_INET AF_INET6 AF_UNIX AF_NETLINK"],
  ];
}

/** The program and its arguments as systemd reads them. */
export function commandLine([path, ...args]: readonly [string, ...string[]]): string {
  // Variables are not looked for in the path, so there a dollar stands for itself.
  return [quoted(path), ...args.map((arg) => quoted(arg).replaceAll("$", "$$$$"))].join(" ");
}

/** One word, whatever is in it. */
function quoted(word: string): string {
  if (word.includes("\0")) throw new Error("a unit cannot hold a zero byte");
  const plain = escapeSpecifiers(word);
  if (/^[\w@%+=:,./$-]+$/.test(plain)) return plain;
  const escapes: Record<string, string> = { "\\": "\\\\", '"': '\\"', "\n": "\\n", "\t": "\\t", "\r": "\\r" };
  return `"${plain.replace(/[\\"\p{Cc}]/gu, (sign) => escapes[sign] ?? hex(sign))}"`;
}

function hex(sign: string): string {
  return [...Buffer.from(sign)].map((byte) => `\\x${byte.toString(16).padStart(2, "0")}`).join("");
}

function escapeSpecifiers(text: string): string {
  return text.replaceAll("%", "%%");
}
