/** What `ssh` is asked for, and what its last words mean. */

/** From a port of this computer to a port of the gateway's host. */
export interface TunnelRoute {
  /** As `ssh` takes it: `user@host`, a name from its config, `ssh://user@host:port`. */
  target: string;
  localPort: number;
  /** Where the gateway listens on its host. */
  remotePort: number;
  /** A key file to log in with, beside those that the person's own config names; no agent is asked then. */
  identity?: string;
}

/** Whether `ssh` would take it for a place and not for an option. */
export function isSshTarget(text: string): boolean {
  return /^(?!-)[^\s@]+(@(?!-)[^\s@]+)?$/.test(text) && !/[\p{Cc}"'`$\\;|&<>]/u.test(text);
}

/** The forwarding in `ssh`'s words: loopback on both sides. */
export function forwarding({ localPort, remotePort }: TunnelRoute): string {
  return `127.0.0.1:${localPort}:127.0.0.1:${remotePort}`;
}

/**
 * The arguments of a connection that carries the tunnel and nothing else. `attached` lets `ssh` ask the person at
 * the terminal, for a first contact.
 */
export function carrierArgs(route: TunnelRoute, attached: boolean): string[] {
  return [
    ...["-N", "-T", "-a", "-x"],
    ...option("ExitOnForwardFailure", "yes"),
    ...option("ServerAliveInterval", "15"),
    ...option("ServerAliveCountMax", "3"),
    ...option("ConnectTimeout", "10"),
    ...option("BatchMode", attached ? "no" : "yes"),
    // A connection of its own: one that outlives its person's shell must not be taken down with it.
    ...option("ControlMaster", "no"),
    ...option("ControlPath", "none"),
    ...identityArgs(route),
    ...["-L", forwarding(route), "--", route.target],
  ];
}

/** Asks what the person's own config says of this place. */
export function configArgs(route: TunnelRoute): string[] {
  return ["-G", ...identityArgs(route), "--", route.target];
}

/** Asks, or tells, the connection that the person has open already. */
export function masterArgs(route: TunnelRoute, verb: "check" | "forward" | "cancel"): string[] {
  const what = verb === "check" ? [] : ["-L", forwarding(route)];
  return ["-O", verb, ...option("BatchMode", "yes"), ...what, "--", route.target];
}

/** Whether the person shares connections by their own config, as `ssh -G` prints it. */
export function sharesConnections(printed: string): boolean {
  const path = /^controlpath (.+)$/im.exec(printed)?.[1]?.trim();
  return path !== undefined && path.toLowerCase() !== "none";
}

function identityArgs({ identity }: TunnelRoute): string[] {
  return identity === undefined ? [] : ["-i", identity, ...option("IdentitiesOnly", "yes")];
}

function option(name: string, value: string): string[] {
  return ["-o", `${name}=${value}`];
}

/** Why a tunnel does not stand. */
export interface TunnelFailure {
  is: "refused" | "unknown-host" | "changed-host" | "port-held" | "bad-config" | "lost";
  /** In the words of `ssh`, as one line. */
  said: string;
}

const meanings: [RegExp, TunnelFailure["is"]][] = [
  [/REMOTE HOST IDENTIFICATION HAS CHANGED|host key for .* has changed/i, "changed-host"],
  [/Host key verification failed/i, "unknown-host"],
  [/Permission denied|Too many authentication failures|No more authentication methods/i, "refused"],
  [/Address already in use|cannot listen to port|Could not request local forwarding/i, "port-held"],
  [/Bad configuration option|terminating, \d+ bad configuration|Bad owner or permissions/i, "bad-config"],
];

/** What the last words of an `ssh` mean. All but `lost` stays as it is until somebody does something about it. */
export function readFailure(words: string): TunnelFailure {
  const lines = words
    .split(/\r?\n/)
    .map((line) => line.replace(/\p{Cc}/gu, "").trim())
    .filter((line) => line !== "" && !/^@+$/.test(line));
  for (const [pattern, is] of meanings) {
    const line = lines.findLast((each) => pattern.test(each));
    if (line !== undefined) return { is, said: line };
  }
  return { is: "lost", said: lines.at(-1) ?? "ssh ended without a word" };
}
