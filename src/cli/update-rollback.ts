/** The way back from an update, with the state that the older executable knows. */
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { newerSchemaId } from "#src/doctor/check-store.ts";
import { AlreadyRunning } from "#src/lib/start-errors.ts";
import { locationsFor } from "./surroundings.ts";
import type { Terminal } from "./terminal.ts";
import type { RunningGateway } from "./update-gateway.ts";
import { build } from "./version.ts";

export interface RollbackOptions {
  gateway: RunningGateway;
  executable: string;
  /** The version that was there before. */
  before: string;
  /** What was copied before the update. */
  backup: string | null;
  withinMs: number;
  profile: string | undefined;
  terminal: Terminal;
}

const pollMs = 50;

/**
 * Puts the executable from before in its place, and the database too where the newer one has changed its schema.
 * Resolves with the directory in which that one is kept; null where the database could stay.
 */
export async function rollBack(options: RollbackOptions): Promise<string | null> {
  const { gateway, executable, before, backup, withinMs, profile, terminal } = options;
  const { swapBack } = await import("#src/update/swap.ts");
  const { isFromNewer, restoreBackup } = await import("#src/backup/restore.ts");
  swapBack(executable);
  if (!(await gateway.isHealthyAs(before, Math.min(withinMs, 1_000)))) gateway.kill();
  const { stateDir, configTarget } = locationsFor(terminal.env, profile);
  if (backup === null || !isFromNewer(stateDir)) return null;
  const deadline = performance.now() + withinMs;
  for (;;) {
    try {
      const { version } = build();
      const { keptIn } = restoreBackup({
        ...{ file: backup, stateDir, configTarget },
        ...{ version, now: Date.now },
      });
      await startAgain(profile, terminal);
      return keptIn;
    } catch (error) {
      // The supervisor may have started one meanwhile, which ends by itself.
      if (!(error instanceof AlreadyRunning) || performance.now() > deadline) throw error;
      await Bun.sleep(pollMs);
    }
  }
}

/** A supervisor takes a database that is not understood for final. */
async function startAgain(profile: string | undefined, terminal: Terminal): Promise<void> {
  const { openService } = await import("./service-access.ts");
  try {
    const { services, service } = openService({ profile, system: false }, terminal);
    const { installed, running } = await services.state(service);
    if (installed && !running) await services.start(service, () => {});
  } catch {
    // Whether it runs again is asked of the gateway itself.
  }
}

/** Whether an executable says that the database is newer than it; asked of its own doctor, which changes nothing. */
export async function lacksSchema(
  executable: string,
  profile: string | undefined,
  { env }: Terminal,
): Promise<boolean> {
  const words = profile === undefined ? [] : ["--profile", profile];
  const child = Bun.spawn([executable, "doctor", "--json", ...words], {
    env: { ...env },
    stdin: "ignore",
    stdout: "pipe",
    stderr: "ignore",
  });
  const said = await new Response(child.stdout).text();
  await child.exited;
  try {
    const { checks } = JSON.parse(said) as { checks: { id: string }[] };
    return checks.some(({ id }) => id === newerSchemaId);
  } catch {
    // One without a doctor says it when it starts.
    return false;
  }
}

/** The newest copy of the state; null where there is none. */
export function latestBackup(profile: string | undefined, { env }: Terminal): string | null {
  const directory = join(locationsFor(env, profile).stateDir, "backups");
  const names = existsSync(directory) ? readdirSync(directory) : [];
  const last = names
    .filter((name) => /^moltbot-[\d-]+\.db$/.test(name))
    .toSorted()
    .at(-1);
  return last === undefined ? null : join(directory, last);
}
