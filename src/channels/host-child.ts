import type { Log } from "#src/lib/log.ts";
import { createArrivals } from "./arrivals.ts";
import type { ManagedChild } from "./channel.ts";

export interface ChildOptions {
  /** All that the program finds in its environment. */
  env: Record<string, string>;
  /** Ends the program. */
  signal: AbortSignal;
  log: Log;
  /** Asked to end, it has so long before it is killed. */
  graceMs?: number;
}

const standardGraceMs = 3_000;
const mostUnread = 10_000;
const longestLine = 1_048_576;

/** Starts a program whose standard output is read line by line; what it complains about goes to the log. */
export function spawnChild(command: readonly string[], options: ChildOptions): ManagedChild {
  const { env, signal, log, graceMs = standardGraceMs } = options;
  const child = Bun.spawn([...command], { env, stdin: "pipe", stdout: "pipe", stderr: "pipe" });
  const lines = createArrivals<string>(mostUnread);
  let killer: Timer | undefined;

  function kill(): void {
    if (child.exitCode !== null || killer !== undefined) return;
    child.kill("SIGTERM");
    killer = setTimeout(() => child.kill("SIGKILL"), graceMs);
  }
  if (signal.aborted) kill();
  signal.addEventListener("abort", kill, { once: true });

  const said = readLines(child.stdout, (line) => {
    if (lines.add(line)) return;
    log.error("a program says more than is read, and is ended", { program: command[0] ?? "" });
    kill();
  });
  void readLines(child.stderr, (line) =>
    log.debug("a program complains", { program: command[0] ?? "", line }),
  );
  const exited = child.exited.then(async (code) => {
    clearTimeout(killer);
    signal.removeEventListener("abort", kill);
    await said;
    lines.end();
    return code;
  });

  return {
    pid: child.pid,
    write(text) {
      child.stdin.write(text);
      child.stdin.flush();
    },
    lines,
    exited,
    kill,
  };
}

/** A line that is too long is cut; what follows up to its end is dropped. */
async function readLines(stream: ReadableStream<Uint8Array>, take: (line: string) => void): Promise<void> {
  const decoder = new TextDecoder();
  let rest = "";
  for await (const chunk of stream) {
    const parts = (rest + decoder.decode(chunk, { stream: true })).split("\n");
    rest = (parts.pop() ?? "").slice(0, longestLine);
    for (const line of parts) take(line.endsWith("\r") ? line.slice(0, -1) : line);
  }
  if (rest !== "") take(rest);
}
