import { defineCommand } from "../command.ts";
import { CliError, exits } from "../exit.ts";
import type { ServiceAccess } from "../service-access.ts";
import { serviceArgs } from "../service-args.ts";
import { paintFor, type Terminal } from "../terminal.ts";

export const serviceInstall = defineCommand({
  summary: {
    en: "Keep the gateway running: now, after a crash and at every login",
    zh: "让网关保持运行：立即启动，崩溃后重启，每次登录时启动",
  },
  examples: [
    "moltbot service install",
    "moltbot service install --print",
    "moltbot service install --profile work",
    "moltbot service install --system",
  ],
  args: {
    print: {
      type: "boolean",
      summary: { en: "print the service's file and do nothing", zh: "只输出服务文件，不做任何更改" },
    },
    ...serviceArgs,
  },
  async run({ print, ...flags }, terminal) {
    const { openService } = await import("../service-access.ts");
    const access = openService(flags, terminal);
    const { services, service, report } = access;
    if (print) {
      terminal.write(services.text(service));
      return;
    }
    refuseWhatCannotWork(access, flags.system);
    const { checkRivals } = await import("../service-rival.ts");
    await checkRivals(access, flags.system, terminal);
    await services.install(service, report);
    await advise(access, flags.system, terminal);
  },
});

function refuseWhatCannotWork({ homebrew, say, service }: ServiceAccess, system: boolean): void {
  if (homebrew !== null) {
    throw new CliError(exits.alreadyRunning, say.byHomebrew(homebrew), say.stopHomebrew);
  }
  const [path] = service.program;
  // What ProtectHome and PrivateTmp of the unit hide from it, on any machine.
  const hidden = ["/home/", "/root/", "/run/user/", "/tmp/", "/var/tmp/"];
  if (system && hidden.some((place) => path.startsWith(place))) {
    throw new CliError(exits.config, say.hiddenFromSystem(path), say.copyIt);
  }
}

/** What works now but may not last. */
async function advise(access: ServiceAccess, system: boolean, terminal: Terminal): Promise<void> {
  const { services, service, say, home, fromSource } = access;
  const [path] = service.program;
  const { isPassing } = await import("#src/daemon/program-path.ts");
  const note = (text: string) => terminal.complain(`${paintFor(terminal).yellow("!")} ${text}`);
  if (fromSource) note(say.fromSource);
  else if (isPassing(path, home)) note(say.passing(path));
  const keys = ["ANTHROPIC_API_KEY", "OPENAI_API_KEY", "OPENROUTER_API_KEY"].filter(
    (key) => terminal.env[key],
  );
  if (keys.length > 0) note(say.keysStay(keys.join(", ")));
  if (services.kind !== "systemd" || system) return;
  const { staysAfterLogout } = await import("#src/daemon/linger.ts");
  if ((await staysAfterLogout(terminal.env)) === false) note(say.linger);
}
