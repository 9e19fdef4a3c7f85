import { mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { readLocalKey } from "#src/config/local-key.ts";
import type { CpuClock } from "./cpu-clock.ts";

export interface Program {
  /** The executable and its arguments. */
  command: string[];
  clock: CpuClock;
  /** Where its home is made. */
  directory: string;
  /** A state directory with something in it; an empty one is made where there is none. */
  stateDir?: string;
  /** More of its environment. */
  env?: Record<string, string>;
  /** What stands in its config file; it has none where this is absent. */
  config?: object;
  /** Ends it at once, when nobody waits for the figures any more. */
  signal: AbortSignal;
}

/** A server under measurement, in a process, a home and a state directory of its own. */
export interface Subject extends AsyncDisposable {
  readonly port: number;
  readonly stateDir: string;
  /** The credential of our own programs; null where the server keeps none. */
  readonly key: string | null;
  /** On the clock of `performance.now()`. */
  readonly spawnedAt: number;
  /** Milliseconds of processor time since it was spawned. */
  cpuMs(): number;
  /** Megabytes (10^6 bytes) in memory now, and at the most so far. */
  memory(): { now: number; peak: number };
  /** How many it has open, in both directions. */
  sockets(): number;
}

const startTimeoutMs = 20_000;
const stopTimeoutMs = 6_000;

/** Resolves when the server has printed its address. */
export async function startSubject(program: Program): Promise<Subject> {
  const { command, clock, directory, signal } = program;
  const home = mkdtempSync(join(directory, "home-"));
  const state = program.stateDir ?? join(home, "state");
  const env = {
    PATH: process.env.PATH ?? "",
    HOME: home,
    MOLTBOT_STATE_DIR: state,
    MOLTBOT_NO_OPEN: "1",
    MOLTBOT_NO_DISCOVERY: "1",
    ...program.env,
    ...(program.config === undefined ? {} : { MOLTBOT_CONFIG_PATH: writeConfig(home, program.config) }),
  };
  const spawnedAt = performance.now();
  const child = Bun.spawn(command, {
    cwd: home,
    env,
    stdin: "ignore",
    stdout: "pipe",
    stderr: "pipe",
    signal,
    killSignal: "SIGKILL",
  });
  const complaints = new Response(child.stderr).text();

  async function stop(): Promise<void> {
    child.kill("SIGTERM");
    const late = setTimeout(() => child.kill("SIGKILL"), stopTimeoutMs);
    await child.exited;
    clearTimeout(late);
    rmSync(home, { recursive: true, force: true });
  }

  try {
    const port = await portOf(child.stdout);
    if (port === null) {
      await child.exited;
      throw new Error(`${command.join(" ")} did not start:\n${await complaints}`);
    }
    return {
      port,
      stateDir: state,
      key: readLocalKey(state),
      spawnedAt,
      cpuMs: () => clock(child.pid) / 1e6,
      memory() {
        const status = readFileSync(`/proc/${child.pid}/status`, "utf8");
        return { now: megabytes(status, "VmRSS"), peak: megabytes(status, "VmHWM") };
      },
      sockets: () => socketsOf(child.pid),
      [Symbol.asyncDispose]: stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** The first line that a program prints; null where it prints none. The rest runs off. */
export async function firstLineOf(stdout: ReadableStream<Uint8Array>): Promise<string | null> {
  return (await firstMatch(stdout, /^(.+)\n/))?.[1] ?? null;
}

/** Reads the port from the first address that is printed and lets the rest run off; null where there is none. */
async function portOf(stdout: ReadableStream<Uint8Array>): Promise<number | null> {
  const found = await firstMatch(stdout, /http:\/\/127\.0\.0\.1:(\d+)/);
  return found === null ? null : Number(found[1]);
}

async function firstMatch(
  stdout: ReadableStream<Uint8Array>,
  pattern: RegExp,
): Promise<RegExpExecArray | null> {
  const reader = stdout.getReader();
  const decoder = new TextDecoder();
  const late = setTimeout(() => void reader.cancel(), startTimeoutMs);
  let text = "";
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return null;
      text += decoder.decode(value, { stream: true });
      const found = pattern.exec(text);
      if (found === null) continue;
      void drain(reader);
      return found;
    }
  } finally {
    clearTimeout(late);
  }
}

async function drain(reader: ReadableStreamDefaultReader<Uint8Array>): Promise<void> {
  while (!(await reader.read()).done);
}

function writeConfig(home: string, config: object): string {
  const path = join(home, "config.json");
  writeFileSync(path, JSON.stringify(config), { mode: 0o600 });
  return path;
}

function socketsOf(pid: number): number {
  const directory = `/proc/${pid}/fd`;
  const isSocket = (name: string) => {
    try {
      return readlinkSync(`${directory}/${name}`).startsWith("socket:");
    } catch {
      // Closed since it was listed.
      return false;
    }
  };
  return readdirSync(directory).filter(isSocket).length;
}

function megabytes(status: string, name: string): number {
  const found = new RegExp(`^${name}:\\s+(\\d+) kB$`, "m").exec(status);
  if (found === null) throw new Error(`/proc tells no ${name}`);
  return (Number(found[1]) * 1024) / 1e6;
}
