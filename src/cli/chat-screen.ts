import { createInterface } from "node:readline";
import type { Conversation, Outcome } from "./conversation.ts";
import { exits } from "./exit.ts";
import { plain } from "./layout.ts";
import { createReplyWriter, textOf } from "./reply.ts";
import { paintFor, type Terminal } from "./terminal.ts";
import { texts } from "./texts.ts";

type Listener = (text: string, runtime: string | undefined) => void;

/**
 * Reads messages and shows replies until the input ends or the person leaves. Without a terminal on both ends:
 * one message a line in, one reply out, nothing else; what is to be known beside a reply goes to standard error.
 * Resolves with the exit code.
 */
export async function converse(
  conversation: Conversation,
  sessionKey: string,
  terminal: Terminal,
  listen: (listener: Listener) => void,
): Promise<number> {
  const { tty } = terminal;
  const live = tty.stdin && tty.stdout;
  const paint = paintFor(terminal);
  const say = texts[terminal.language];
  const writer = createReplyWriter((text) => terminal.write(plain(text)));
  const { hello } = await conversation.client();
  let announced = hello.snapshot.health.model === "none" ? "concierge" : "model";

  listen((text, runtime) => {
    if (live && runtime !== undefined && runtime !== announced) {
      announced = runtime;
      terminal.print(paint.dim(runtime === "concierge" ? say.helper : runtime));
    }
    if (live) writer.show(text);
  });

  if (live) {
    const who = announced === "concierge" ? say.helper : hello.snapshot.health.model;
    terminal.print(paint.dim(`${say.session} ${sessionKey} · ${who}`));
    terminal.print(paint.dim(say.chatHint));
    await showRecent();
  }

  const reader = createInterface({
    input: terminal.stdin(),
    ...(live ? { output: terminal.stdout, terminal: true, prompt: paint.cyan("› ") } : { terminal: false }),
  });
  const left = Promise.withResolvers<typeof leaving>();
  let interrupts = 0;
  let busy = false;
  // The first Ctrl-C stops the reply; without one, or the second time, it leaves.
  const interrupt = () => {
    interrupts += 1;
    if (busy && interrupts === 1) void conversation.abort().catch(() => {});
    else left.resolve(leaving);
  };
  reader.on("SIGINT", interrupt);
  const restore = terminal.onSignal((signal) => (signal === "SIGINT" ? interrupt() : left.resolve(leaving)));
  reader.once("close", () => {
    if (live) left.resolve(leaving);
  });

  let code: number = exits.ok;
  try {
    const lines = reader[Symbol.asyncIterator]();
    for (;;) {
      if (live) reader.prompt();
      const line = await Promise.race([lines.next(), left.promise]);
      if (line === leaving || line.done) break;
      const message = String(line.value).trim();
      if (message === "") continue;
      interrupts = 0;
      busy = true;
      const outcome = await Promise.race([conversation.say(message), left.promise]);
      busy = false;
      if (outcome === leaving) break;
      code = Math.max(code, show(outcome));
    }
  } finally {
    restore();
    reader.close();
    if (live) terminal.write("\n");
  }
  return live ? exits.ok : code;

  function show(outcome: Outcome): number {
    if (live) writer.end();
    if (outcome.state === "error") {
      terminal.complain(paint.red(plain(outcome.message)));
      return exits.failure;
    }
    if (outcome.state === "stop") {
      if (outcome.stopped || live) terminal.print(paint.dim(outcome.stopped ? say.stopped : say.nothingRuns));
      return exits.ok;
    }
    if (!live) terminal.print(outcome.text);
    else if (outcome.state === "aborted") terminal.print(paint.dim(say.stopped));
    else if (outcome.text === "") terminal.print(paint.dim(say.noReply));
    if (outcome.notice !== undefined) {
      const line = paint.dim(plain(outcome.notice));
      if (live) terminal.print(line);
      else terminal.complain(line);
    }
    return exits.ok;
  }

  async function showRecent(): Promise<void> {
    const client = await conversation.client();
    const { messages } = await client.call("chat.history", { sessionKey, limit: 6 });
    for (const message of messages) {
      const text = plain(textOf(message));
      if (text === "" || message.role === "toolResult") continue;
      terminal.print(paint.dim(message.role === "user" ? `› ${text}` : text));
    }
  }
}

const leaving = Symbol("leaving");
