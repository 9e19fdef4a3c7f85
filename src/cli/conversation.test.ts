import { expect, test } from "bun:test";
import { connectGateway } from "#src/client/client.ts";
import { createReconnectPolicy } from "#src/client/reconnect.ts";
import {
  type Peer,
  type Request,
  type ScriptOptions,
  scriptedGateway,
} from "../../test/cli/scripted-gateway.ts";
import { type Conversation, createConversation } from "./conversation.ts";

const client = { id: "cli", version: "1", platform: "linux", mode: "cli" } as const;

/** A conversation with a scripted gateway, and all that it says on the way. */
function talk(methods: NonNullable<ScriptOptions["methods"]>) {
  const gateway = scriptedGateway({ methods });
  const texts: string[] = [];
  const states: string[] = [];
  const waits: number[] = [];
  const conversation = createConversation({
    sessionKey: "main",
    connect: () => connectGateway({ url: gateway.url, client }),
    policy: createReconnectPolicy({ random: () => 1 }),
    sleep: async (ms) => void waits.push(ms),
    onText: (text) => texts.push(text),
    onConnection: (state) => states.push(state),
  });
  return { gateway, conversation, texts, states, waits };
}

function message(text: string) {
  return { role: "assistant" as const, content: [{ type: "text" as const, text }], timestamp: 1 };
}

function key({ params }: Request): string {
  return String(params.idempotencyKey);
}

/** A run that says its text in two steps. */
function answerInSteps(request: Request, peer: Peer): void {
  const common = { runId: key(request), sessionKey: "main" };
  peer.answer(request.id, { runId: key(request), status: "started" });
  peer.event("chat", { ...common, seq: 1, state: "delta", message: message("Hel"), deltaText: "Hel" });
  peer.event("chat", {
    runId: "another",
    sessionKey: "main",
    seq: 1,
    state: "final",
    message: message("not yours"),
  });
  peer.event("chat", { ...common, seq: 2, state: "final", message: message("Hello") });
}

async function close(conversation: Conversation): Promise<void> {
  await conversation[Symbol.asyncDispose]();
}

test("a reply streams and ends; replies to others are left out", async () => {
  const { gateway, conversation, texts } = talk({ "chat.send": answerInSteps });
  using _ = gateway;
  expect(await conversation.say("hi")).toEqual({ state: "final", text: "Hello" });
  expect(texts).toEqual(["Hel", "Hello"]);
  expect(gateway.requests.at(-1)?.params).toMatchObject({ sessionKey: "main", message: "hi" });
  await close(conversation);
});

test("an error of the run is the outcome", async () => {
  const { gateway, conversation } = talk({
    "chat.send": (request, peer) => {
      peer.answer(request.id, { runId: key(request), status: "started" });
      peer.event("chat", {
        runId: key(request),
        sessionKey: "main",
        seq: 1,
        state: "error",
        errorMessage: "The key was refused; set another.",
      });
    },
  });
  using _ = gateway;
  expect(await conversation.say("hi")).toEqual({
    state: "error",
    message: "The key was refused; set another.",
  });
  await close(conversation);
});

test("a word that stops runs is answered at once", async () => {
  const { gateway, conversation } = talk({
    "chat.send": ({ id }, peer) => peer.answer(id, { ok: true, aborted: true, runIds: ["r"] }),
  });
  using _ = gateway;
  expect(await conversation.say("/stop")).toEqual({ state: "stop", stopped: true });
  await close(conversation);
});

test("a reply can be stopped while it is written, and only then", async () => {
  const { gateway, conversation } = talk({
    "chat.send": (request, peer) => peer.answer(request.id, { runId: key(request), status: "started" }),
    "chat.abort": ({ id, params }, peer) => {
      peer.event("chat", {
        runId: params.runId,
        sessionKey: "main",
        seq: 1,
        state: "aborted",
        stopReason: "rpc",
      });
      peer.answer(id, { ok: true, aborted: true, runIds: [params.runId] });
    },
  });
  using _ = gateway;
  expect(await conversation.abort()).toBe(false);
  const saying = conversation.say("a long story");
  while (!gateway.requests.some(({ method }) => method === "chat.send")) await Bun.sleep(1);
  expect(await conversation.abort()).toBe(true);
  expect(await saying).toEqual({ state: "aborted", text: "" });
  await close(conversation);
});

test("a lost connection is opened again and the message repeated under its own key", async () => {
  let attempts = 0;
  const { gateway, conversation, states, waits } = talk({
    "chat.send": (request, peer) => {
      attempts += 1;
      if (attempts === 1) peer.cut();
      else answerInSteps(request, peer);
    },
  });
  using _ = gateway;
  expect(await conversation.say("hi")).toEqual({ state: "final", text: "Hello" });
  expect(states).toEqual(["lost", "back"]);
  expect(waits).toEqual([1000]);
  const keys = gateway.requests.filter(({ method }) => method === "chat.send").map(key);
  expect(new Set(keys).size).toBe(1);
  expect(keys).toHaveLength(2);
  await close(conversation);
});

test("a reply that was finished in the meantime is read from the transcript", async () => {
  let runId = "";
  const { gateway, conversation, texts } = talk({
    "chat.send": (request, peer) => {
      if (runId === "") {
        runId = key(request);
        peer.answer(request.id, { runId, status: "started" });
        peer.close(1012, "service restart");
      } else peer.answer(request.id, { runId, status: "ok" });
    },
    "chat.history": ({ id }, peer) => {
      const messages = [{ ...message("older") }, { ...message("while you were away"), runId }];
      peer.answer(id, { sessionKey: "main", messages, hasMore: false, totalMessages: 2 });
    },
  });
  using _ = gateway;
  expect(await conversation.say("hi")).toEqual({ state: "final", text: "while you were away" });
  expect(texts).toEqual(["while you were away"]);
  await close(conversation);
});

test("a close that a repeat cannot mend ends the conversation", async () => {
  const { gateway, conversation } = talk({ "chat.send": (_, peer) => peer.close(1009, "too large") });
  using _ = gateway;
  await expect(conversation.say("hi")).rejects.toMatchObject({ name: "ConnectionClosed", code: 1009 });
  await close(conversation);
});
