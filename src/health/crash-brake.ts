import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Sentence } from "#src/lib/sentence.ts";

export interface CrashBrakeOptions {
  stateDir: string;
  now: () => number;
  /** Only starts of this version count: another one in its place is what ends a loop. */
  version: string;
  /** `gateway.crashBrake`: where it is off, starts are neither counted nor braked. */
  enabled: boolean;
  /** How long a start must live to count as a good one. */
  steadyMs?: number;
  /** Told of what does not work, such as a disk that takes nothing. */
  warn: (message: string) => void;
}

/** Counts the starts that ended before they were steady, across processes. */
export interface CrashBrake {
  /** Whether this start is one too many: no channels and no runs, so that whatever crashes stays off. */
  readonly braked: boolean;
  /** This start counts from now on, until it has been steady. */
  started(): void;
  /** A stop that somebody wanted: what was counted is forgotten. */
  stopped(): void;
  close(): void;
}

/** Why nothing is answered after too many crashes. */
export const crashLoop: Sentence = {
  en:
    "five starts in five minutes ended in a crash, so channels and runs are off; see why: moltbot logs, then " +
    "stop the gateway and start it again",
  zh: "五分钟内五次启动都以崩溃告终，渠道和回答已停用；请用 moltbot logs 查看原因，然后停止网关再重新启动",
};

/** So many starts within `spanMs` that did not last are a loop. */
const mostStarts = 5;
const spanMs = 300_000;

export function createCrashBrake(options: CrashBrakeOptions): CrashBrake {
  const { now, version, enabled, steadyMs = 60_000, warn } = options;
  const path = join(options.stateDir, "starts.json");
  const at = now();
  // A clock that was set back must not brake for as long as it was.
  const recent = readStarts(path, version).filter((each) => each <= at && at - each < spanMs);
  const braked = enabled && recent.length >= mostStarts;
  let timer: NodeJS.Timeout | undefined;

  function forget(): void {
    clearTimeout(timer);
    try {
      rmSync(path, { force: true });
    } catch (error) {
      warn(`${path} cannot be removed (${error}), so a later start may be taken for a crash`);
    }
  }

  return {
    braked,
    started() {
      if (!enabled) return;
      try {
        // Not worth a wait for the disk: it is read after a crash of ours, not of the machine.
        const starts = [...recent, at].slice(-mostStarts);
        writeFileSync(path, `${JSON.stringify({ version, starts })}\n`, { mode: 0o600 });
      } catch (error) {
        warn(`this start cannot be counted: ${error}`);
      }
      // What is braked and therefore steady says nothing of what would crash; the next stop by hand ends it.
      if (!braked) timer = setTimeout(forget, steadyMs).unref();
    },
    stopped: forget,
    close: () => clearTimeout(timer),
  };
}

function readStarts(path: string, version: string): number[] {
  try {
    const told = Object(JSON.parse(readFileSync(path, "utf8"))) as { version?: unknown; starts?: unknown };
    if (told.version !== version || !Array.isArray(told.starts)) return [];
    return told.starts.filter((each) => Number.isFinite(each));
  } catch {
    return [];
  }
}
