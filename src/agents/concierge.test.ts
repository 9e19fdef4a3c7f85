import { expect, test } from "bun:test";
import { collect, concierge, errorOf, request, textOf } from "../../test/agents/subjects.ts";

import { silent } from "./concierge.ts";

const never = new AbortController().signal;

async function say(text: string, changes: Parameters<typeof request>[0] = {}): Promise<string> {
  const input = [{ type: "text" as const, text }];
  return textOf(await collect(concierge().run(request({ input, ...changes }), never)));
}

test("to what it doesn't know it says in one sentence what it is and what it can do", async () => {
  const said = await say("write me a poem");
  expect(said).toBe(
    "No AI model is set up yet, so I, the built-in helper, only know commands: /help /status /model /whoami /new /reset /sessions /stop /activation /approve /deny /echo",
  );
  expect(await say("写一首诗", { language: "zh" })).toStartWith("尚未设置 AI 模型");
});

test("a model that is configured and can't be used is told along, since that is the likely question", async () => {
  const runtime = concierge({
    problems: () => [
      { en: "models.providers.acme has no key; set it", zh: "models.providers.acme 没有密钥" },
    ],
  });
  expect(textOf(await collect(runtime.run(request(), never)))).toContain("models.providers.acme has no key");
});

test("commands in plain words, in both languages, but only as the whole message", async () => {
  expect(await say("Help!")).toStartWith("Commands:");
  expect(await say("帮助", { language: "zh" })).toStartWith("可用命令");
  expect(await say("who am I?")).toContain("alice");
  expect(await say("我是谁？", { language: "zh" })).toContain("alice");
  expect(await say("状态", { language: "zh" })).toContain("moltbot 1.2.3");
  expect(await say("can you help me move house")).toContain("only know commands");
});

test("somebody who is not the owner gets no command done in plain words either", async () => {
  expect(await say("who am i", { owner: false })).toBe("Commands are for this gateway's owner only.");
});

test("a command that breaks ends as an error with a sentence, not as an exception", async () => {
  const runtime = concierge({
    newSession: () => {
      throw new Error("disk full");
    },
  });
  const input = [{ type: "text" as const, text: "/new" }];
  const error = errorOf(await collect(runtime.run(request({ input }), never)));
  expect(error).toMatchObject({ kind: "unknown", detail: "disk full" });
  expect(error.sentence.en).not.toContain("disk full");
});

test("whom nobody answers gets not a word, and the run ends well", async () => {
  const events = await collect(silent.run(request({ owner: false }), never));
  expect(events).toEqual([{ t: "end", reason: "stop" }]);
});
