import { EventEmitter } from "node:events";
import { PassThrough, Writable } from "node:stream";
import { createTerminal, type Terminal } from "#src/cli/terminal.ts";

/** A terminal that keeps what it is told, and takes input and signals from a test. */
export interface FakeTerminal extends Terminal {
  out(): string;
  err(): string;
  input: PassThrough;
  signal(name: NodeJS.Signals): void;
}

export function fakeTerminal(
  options: { env?: Record<string, string>; stdin?: boolean; stdout?: boolean; color?: boolean } = {},
): FakeTerminal {
  const input = new PassThrough();
  const signals = new EventEmitter();
  const out = collector();
  const err = collector();
  const terminal = createTerminal(
    {
      env: options.env ?? {},
      tty: { stdin: options.stdin ?? false, stdout: options.stdout ?? false },
      stdin: () => input,
      stdout: out.stream,
      stderr: err.stream,
      signals,
    },
    { color: options.color ?? true },
  );
  return {
    ...terminal,
    out: out.text,
    err: err.text,
    input,
    signal: (name) => void signals.emit(name, name),
  };
}

function collector(): { stream: Writable; text(): string } {
  let text = "";
  const stream = new Writable({
    write(chunk, _encoding, done) {
      text += String(chunk);
      done();
    },
  });
  return { stream, text: () => text };
}
