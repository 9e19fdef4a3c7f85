/** The gateway that runs here, while the executable under it is exchanged. */
import { readHolder } from "#src/store/lock.ts";
import type { AskFlags } from "./ask.ts";
import { withClient } from "./ask.ts";
import { CliError } from "./exit.ts";
import { locationsFor } from "./surroundings.ts";
import type { Terminal } from "./terminal.ts";

export interface RunningGateway {
  readonly version: string;
  /** Copies its state; resolves with the file. */
  backUp(): Promise<string>;
  /** Has it end so that its supervisor starts it again; false where it has none. */
  restart(): Promise<boolean>;
  /** Whether it answers as this version, without a crash loop, before the time is up. */
  isHealthyAs(version: string, withinMs: number): Promise<boolean>;
  /** Ends it without a word, as a last resort; its supervisor starts what lies there now. */
  kill(): void;
}

const pollMs = 100;

/** The gateway of this state that runs now; null where none does. */
export async function runningGateway(
  profile: string | undefined,
  terminal: Terminal,
): Promise<RunningGateway | null> {
  const flags: AskFlags = profile === undefined ? {} : { profile };
  const { stateDir } = locationsFor(terminal.env, profile);
  if (readHolder(stateDir) === null) return null;
  const ask = <T>(use: Parameters<typeof withClient<T>>[3]) =>
    withClient(flags, terminal, ["operator.admin"], use);
  let version: string;
  try {
    version = await ask(async (client) => client.hello.server.version);
  } catch (cause) {
    // What a gateway said of itself may have outlived it.
    if (cause instanceof CliError) return null;
    throw cause;
  }
  return {
    version,
    backUp: () =>
      ask(async (client) => (await client.call("backup.create", {}, { timeoutMs: 600_000 })).path),
    restart: () => ask(async (client) => (await client.call("system.restart", {})).restarting),
    async isHealthyAs(wanted, withinMs) {
      const deadline = performance.now() + withinMs;
      while (performance.now() < deadline) {
        const found = await ask(async (client) => {
          const { problems } = await client.call("health", { probe: true });
          return {
            version: client.hello.server.version,
            looping: problems.some(({ id }) => id === "crash-loop"),
          };
        }).catch(() => null);
        if (found !== null && found.version === wanted && !found.looping) return true;
        await Bun.sleep(pollMs);
      }
      return false;
    },
    kill() {
      const holder = readHolder(stateDir);
      if (holder === null) return;
      try {
        process.kill(holder.pid, "SIGKILL");
      } catch {
        // It has ended by itself.
      }
    },
  };
}
