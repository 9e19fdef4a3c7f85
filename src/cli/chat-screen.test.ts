import { expect, test } from "bun:test";
import { connectGateway } from "#src/client/client.ts";
import { createReconnectPolicy } from "#src/client/reconnect.ts";
import { fakeTerminal } from "../../test/cli/fake-terminal.ts";
import { type Peer, type Request, scriptedGateway } from "../../test/cli/scripted-gateway.ts";
import { converse } from "./chat-screen.ts";
import { createConversation } from "./conversation.ts";

const client = { id: "cli", version: "1", platform: "linux", mode: "cli" } as const;

const notice = "two/m answered instead of one/m: one is having trouble (503).";

/** Answers "echo: …" in two steps; "long" goes on until it is stopped, "bad" fails, to "instead" another answers. */
function echo(request: Request, peer: Peer): void {
  const { idempotencyKey: runId, message } = request.params;
  const common = { runId, sessionKey: "main" };
  const saying = (text: string) => ({
    role: "assistant",
    content: [{ type: "text", text }],
    timestamp: 1,
    runtime: "concierge",
    ...(message === "instead" ? { notice } : {}),
  });
  peer.answer(request.id, { runId, status: "started" });
  if (message === "bad") {
    peer.event("chat", { ...common, seq: 1, state: "error", errorMessage: "it broke; mend it" });
    return;
  }
  peer.event("chat", { ...common, seq: 1, state: "delta", message: saying("echo: "), deltaText: "echo: " });
  if (message !== "long")
    peer.event("chat", { ...common, seq: 2, state: "final", message: saying(`echo: ${message}`) });
}

function open(ends: { stdin: boolean; stdout: boolean }) {
  const gateway = scriptedGateway({
    methods: {
      "chat.send": echo,
      "chat.history": ({ id }, peer) =>
        peer.answer(id, {
          sessionKey: "main",
          messages: [{ role: "user", content: [{ type: "text", text: "yesterday" }], timestamp: 1 }],
          hasMore: false,
          totalMessages: 1,
        }),
      "chat.abort": ({ id, params }, peer) => {
        peer.event("chat", {
          runId: params.runId,
          sessionKey: "main",
          seq: 2,
          state: "aborted",
          stopReason: "rpc",
        });
        peer.answer(id, { ok: true, aborted: true, runIds: [params.runId] });
      },
    },
  });
  const terminal = fakeTerminal(ends);
  let listener: (text: string, runtime: string | undefined) => void = () => {};
  const conversation = createConversation({
    sessionKey: "main",
    connect: () => connectGateway({ url: gateway.url, client }),
    policy: createReconnectPolicy(),
    sleep: async () => {},
    onText: (text, runtime) => listener(text, runtime),
    onConnection: () => {},
  });
  const done = converse(conversation, "main", terminal, (next) => {
    listener = next;
  });
  const close = async () => {
    await conversation[Symbol.asyncDispose]();
    gateway[Symbol.dispose]();
  };
  return { gateway, terminal, done, close };
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await Bun.sleep(1);
}

const piped = { stdin: false, stdout: false };
const live = { stdin: true, stdout: true };

test("without a terminal: one reply a line, nothing else, and the end of input ends it", async () => {
  const { terminal, done, close } = open(piped);
  terminal.input.end("hello\n\n  你好  \n");
  expect(await done).toBe(0);
  expect(terminal.out()).toBe("echo: hello\necho: 你好\n");
  await close();
});

test("without a terminal: a failed reply goes to stderr and into the exit code", async () => {
  const { terminal, done, close } = open(piped);
  terminal.input.end("bad\n");
  expect(await done).toBe(1);
  expect(terminal.out()).toBe("");
  expect(terminal.err()).toBe("it broke; mend it\n");
  await close();
});

test("that another model answered is said after the reply; where that goes into a pipe, on stderr", async () => {
  const toPipe = open(piped);
  toPipe.terminal.input.end("instead\n");
  expect(await toPipe.done).toBe(0);
  expect(toPipe.terminal.out()).toBe("echo: instead\n");
  expect(toPipe.terminal.err()).toBe(`${notice}\n`);
  await toPipe.close();
  const { terminal, done, close } = open(live);
  terminal.input.write("instead\r");
  await until(() => terminal.out().includes(notice));
  expect(Bun.stripANSI(terminal.out())).toContain(`echo: instead\n${notice}\n`);
  terminal.input.write("\u0004");
  await done;
  await close();
});

test("on a terminal: who answers, what was said last, and the reply as it grows", async () => {
  const { terminal, done, close } = open(live);
  await until(() => terminal.out().includes("› yesterday"));
  expect(terminal.out()).toContain("built-in helper (not an AI)");
  terminal.input.write("hi\r");
  await until(() => terminal.out().includes("echo: hi\n"));
  terminal.input.write("\u0004");
  expect(await done).toBe(0);
  await close();
});

test("Ctrl-C stops the reply first, and leaves where there is none", async () => {
  const { gateway, terminal, done, close } = open(live);
  await until(() => terminal.out().includes("yesterday"));
  terminal.input.write("long\r");
  await until(() => terminal.out().includes("echo: "));
  terminal.input.write("\u0003");
  await until(() => terminal.out().includes("(stopped)"));
  expect(gateway.requests.filter(({ method }) => method === "chat.abort")).toHaveLength(1);
  terminal.input.write("\u0003");
  expect(await done).toBe(0);
  await close();
});

test("a signal to end leaves at once, a reply or not", async () => {
  const { gateway, terminal, done, close } = open(piped);
  terminal.input.write("long\n");
  await until(() => gateway.requests.some(({ method }) => method === "chat.send"));
  terminal.signal("SIGTERM");
  expect(await done).toBe(0);
  await close();
});
