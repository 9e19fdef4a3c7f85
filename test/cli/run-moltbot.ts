/** The command line as a person runs it: a process of its own, with a home of its own. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const main = join(import.meta.dir, "../../src/main.ts");

export interface Finished {
  code: number;
  out: string;
  err: string;
}

export interface Home extends Disposable {
  path: string;
  stateDir: string;
  /** Starts a command; its input is empty unless given. */
  start(args: string[], options?: { input?: string; env?: Record<string, string> }): Started;
  run(args: string[], options?: { input?: string; env?: Record<string, string> }): Promise<Finished>;
}

export interface Started {
  pid: number;
  kill(signal: NodeJS.Signals): void;
  /** What it has said so far. */
  out(): string;
  err(): string;
  exited: Promise<Finished>;
}

export function openHome(): Home {
  const path = mkdtempSync(join(tmpdir(), "moltbot-cli-"));
  const stateDir = join(path, "state");
  const running = new Set<Started>();

  function start(args: string[], options: { input?: string; env?: Record<string, string> } = {}): Started {
    const child = Bun.spawn([process.execPath, main, ...args], {
      cwd: path,
      // Nothing of the machine that runs the tests gets in: no secret, no locale, no state.
      env: { PATH: process.env.PATH ?? "", HOME: path, MOLTBOT_STATE_DIR: stateDir, ...options.env },
      stdin: new Blob([options.input ?? ""]),
      stdout: "pipe",
      stderr: "pipe",
    });
    const out = gather(child.stdout);
    const err = gather(child.stderr);
    const exited = child.exited.then(async (code) => {
      await Promise.all([out.done, err.done]);
      return { code, out: out.text(), err: err.text() };
    });
    const started: Started = {
      pid: child.pid,
      kill: (signal) => child.kill(signal),
      out: out.text,
      err: err.text,
      exited,
    };
    void exited.then(() => running.delete(started));
    running.add(started);
    return started;
  }

  return {
    path,
    stateDir,
    start,
    run: (args, options) => start(args, options).exited,
    [Symbol.dispose]() {
      for (const each of running) each.kill("SIGKILL");
      rmSync(path, { recursive: true, force: true });
    },
  };
}

function gather(stream: ReadableStream<Uint8Array>): { text(): string; done: Promise<void> } {
  let text = "";
  const decoder = new TextDecoder();
  const done = (async () => {
    for await (const chunk of stream) text += decoder.decode(chunk, { stream: true });
  })();
  return { text: () => text, done };
}

/** Waits for what must come; fails with what was said when the process ends before. */
export async function until(condition: () => boolean, process: Started): Promise<void> {
  let ended = false;
  void process.exited.then(() => {
    ended = true;
  });
  while (!condition()) {
    if (ended) throw new Error(`it ended before: ${process.out()}${process.err()}`);
    await Bun.sleep(5);
  }
}
