import type { Environment } from "#src/config/environment.ts";
import { carrierArgs, configArgs, masterArgs, sharesConnections, type TunnelRoute } from "./ssh-command.ts";

/** What carries the tunnel: an `ssh` of our own, or the connection that the person has open already. */
export interface Carrier {
  /** Resolves when it carries no more, with what `ssh` said. */
  readonly ended: Promise<string>;
  /** What `ssh` has said so far. */
  said(): string;
  /** Ends it; resolves when it has ended. */
  close(): Promise<void>;
}

export interface CarrierOptions {
  route: TunnelRoute;
  /** The path of `ssh`. */
  ssh: string;
  env: Environment;
  attached: boolean;
  /** How often a shared connection is looked at. */
  lookEveryMs: number;
}

/** The most that is kept of what `ssh` says. */
const mostSaid = 4096;
const patienceMs = 2_000;

/**
 * A shell that lives as long as its `ssh`, and ends it as soon as nobody holds the other end of the shell's input: a
 * supervisor that was killed leaves no `ssh` behind that holds the port.
 */
const guard = `exec 3<&0
"$@" </dev/null 3<&- &
ssh=$!
{ cat; kill "$ssh"; } <&3 >/dev/null 2>&1 3<&- &
watch=$!
exec 3<&-
wait "$ssh"
code=$?
kill "$watch" 2>/dev/null
exit "$code"`;

/** Uses a connection that the person shares by their own config, where one is open; else opens one. */
export async function openCarrier(options: CarrierOptions): Promise<Carrier> {
  return (await sharedCarrier(options)) ?? ownCarrier(options);
}

function ownCarrier({ route, ssh, env, attached }: CarrierOptions): Carrier {
  const command = [ssh, ...carrierArgs(route, attached)];
  const guarded = process.platform === "win32" ? command : ["/bin/sh", "-c", guard, "moltbot", ...command];
  const child = Bun.spawn(guarded, {
    env: { ...env },
    stdin: "pipe",
    stdout: "ignore",
    stderr: "pipe",
  });
  let said = "";
  const reading = (async () => {
    const decoder = new TextDecoder();
    for await (const chunk of child.stderr) {
      said = (said + decoder.decode(chunk, { stream: true })).slice(-mostSaid);
    }
  })();
  return {
    ended: child.exited.then(async () => {
      // The shell's input has to end too, or its watch stays.
      await child.stdin.end();
      // What ssh has started may hold on to its output, and then there is no end of it.
      const late = Promise.withResolvers<void>();
      const timer = setTimeout(late.resolve, patienceMs);
      await Promise.race([reading, late.promise]);
      clearTimeout(timer);
      return said;
    }),
    said: () => said,
    async close() {
      await child.stdin.end();
      if (process.platform === "win32") child.kill();
      const timer = setTimeout(() => child.kill("SIGKILL"), patienceMs);
      await child.exited;
      clearTimeout(timer);
    },
  };
}

/** Null where the person shares no connection with this host, or none is open. */
async function sharedCarrier(options: CarrierOptions): Promise<Carrier | null> {
  const { route, lookEveryMs } = options;
  const config = await run(options, configArgs(route));
  if (config.code !== 0 || !sharesConnections(config.out)) return null;
  if ((await run(options, masterArgs(route, "check"))).code !== 0) return null;
  const forwarded = await run(options, masterArgs(route, "forward"));
  if (forwarded.code !== 0) {
    return { ended: Promise.resolve(forwarded.err), said: () => forwarded.err, close: async () => {} };
  }
  const { promise: ended, resolve: end } = Promise.withResolvers<string>();
  const timer = setInterval(async () => {
    const { code, err } = await run(options, masterArgs(route, "check"));
    if (code === 0) return;
    clearInterval(timer);
    end(err);
  }, lookEveryMs);
  return {
    ended,
    said: () => "",
    async close() {
      clearInterval(timer);
      await run(options, masterArgs(route, "cancel"));
      end("");
    },
  };
}

async function run({ ssh, env }: CarrierOptions, args: string[]) {
  const child = Bun.spawn([ssh, ...args], {
    env: { ...env },
    stdin: "ignore",
    stdout: "pipe",
    stderr: "pipe",
  });
  const [out, err, code] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
    child.exited,
  ]);
  return { out, err, code };
}
