import { beforeAll, expect, test } from "bun:test";
import type { Rate } from "#src/channels/channel.ts";
import type { SendingAccount } from "#src/outbox/accounts.ts";
import { parseMarkdown } from "#src/outbox/markdown.ts";
import { accountsOf, openOutbox } from "../fakes/open-outbox.ts";
import { createFakePlatform } from "../fakes/platform.ts";

// Loaded when first needed, in time that no clock of a test counts.
beforeAll(() => import("#src/outbox/plan.ts"));

const rates = {
  account: [{ calls: 30, perMs: 1_000 }],
  conversation: [
    { calls: 3, perMs: 3_000 },
    { calls: 20, perMs: 60_000 },
  ],
};

/** A platform that says "too many" as soon as it is asked more often than its rates allow. */
function setUp(streaming: "off" | "partial" = "off") {
  const platform = createFakePlatform({ rates });
  const room = openOutbox(accountsOf({ "fake default": platform.account }, { streaming }));
  const asked: { at: number; chat: string }[] = [];
  const { send, edit } = platform.account;
  let refused = 0;
  const strict = (chat: string): boolean => {
    const at = room.clock.now();
    const isFull = ({ calls, perMs }: Rate, among: typeof asked) =>
      among.filter((each) => at - each.at < perMs).length >= calls;
    const inChat = asked.filter((each) => each.chat === chat);
    const isTooMuch =
      rates.account.some((rate) => isFull(rate, asked)) ||
      rates.conversation.some((rate) => isFull(rate, inChat));
    if (isTooMuch) refused += 1;
    else asked.push({ at, chat });
    return !isTooMuch;
  };
  const tooMany = {
    is: "rejected",
    error: { kind: "rate", message: "too many", retryAfterMs: 30_000 },
    retry: true,
  } as const;
  platform.account.send = async (part, context) => (strict(context.to.id) ? send(part, context) : tooMany);
  platform.account.edit = async (ref, document, signal) =>
    strict(ref.conversation.id) ? (edit?.(ref, document, signal) ?? tooMany) : tooMany;
  const outbox = room.start();
  const say = (id: number, text: string) =>
    room.transactor.transact(() => outbox.say("fake", "default", `direct/${id}`, text));
  const open: SendingAccount = {
    channel: "fake",
    accountId: "default",
    account: platform.account,
    state: { is: "connected" },
  };
  return { platform, room, outbox, asked, say, open, refused: () => refused };
}

const to = { kind: "direct", id: "1" } as const;

test("a broadcast to 200 chats is as fast as the platform takes it, and never too fast", async () => {
  const { platform, room, asked, say, refused } = setUp();
  using _ = room;
  const start = room.clock.now();
  for (let chat = 1; chat <= 200; chat += 1) void say(chat, `news for ${chat}`);
  await room.clock.until(() => platform.messages.length === 200);
  expect(refused()).toBe(0);
  // 30 a second: the last of them in the seventh second.
  expect((asked.at(-1)?.at ?? 0) - start).toBeLessThan(8_000);
});

test("one chat gets its messages in order and in time, and holds up no other", async () => {
  const { platform, room, say, refused } = setUp();
  using _ = room;
  const start = room.clock.now();
  for (let count = 1; count <= 30; count += 1) void say(1, `message ${count}`);
  await room.clock.until(() => platform.messages.length === 3);
  await say(2, "elsewhere");
  await room.clock.until(() => platform.texts().includes("elsewhere"));
  expect(room.clock.now() - start).toBeLessThan(100);
  await room.clock.until(() => platform.messages.length === 31);
  expect(refused()).toBe(0);
  const inOne = platform.messages.filter(({ conversation }) => conversation === "direct/1");
  expect(inOne.map(({ text }) => text)).toEqual(Array.from({ length: 30 }, (_, at) => `message ${at + 1}`));
  // 20 in the first minute, the rest in the second.
  expect(room.clock.now() - start).toBeLessThan(75_000);
});

test("what is shown of a growing answer counts, and leaves room for what somebody waits for", async () => {
  const { platform, room, outbox, asked, say, refused } = setUp("partial");
  using _ = room;
  const turn = {
    channel: "fake",
    account: "default",
    conversation: "direct/1",
    messageId: "m0",
    runId: "r1",
    sessionKey: "agent:main:main",
  };
  outbox.replies.begin(turn);
  for (let words = 1; words <= 600; words += 1) {
    const text = Array.from({ length: (words % 30) + 1 }, (_each, index) => `w${index}`).join(" ");
    const message = { role: "assistant" as const, content: [{ type: "text" as const, text }], timestamp: 0 };
    room.bus.emit("chat", {
      runId: "r1",
      sessionKey: "main",
      seq: 1,
      state: "delta",
      message,
      deltaText: text,
    });
    await room.clock.pass(100);
  }
  const glimpses = asked.length;
  expect(glimpses).toBeGreaterThan(10);
  expect(glimpses).toBeLessThanOrEqual(15);
  const before = room.clock.now();
  await room.transactor.transact(() => outbox.replies.conclude(turn, { text: "done", media: [] }));
  await room.clock.until(() => platform.texts()[0] === "done");
  expect(room.clock.now() - before).toBeLessThan(1_000);
  // While a broadcast takes all there is, nothing is shown beforehand.
  for (let chat = 100; chat < 200; chat += 1) void say(chat, "news");
  await room.clock.until(() => platform.messages.length === 101);
  expect(refused()).toBe(0);
});

test("changes of messages count as messages do: in their order, and never too fast", async () => {
  const { platform, room, outbox, say, asked, open, refused } = setUp();
  using _ = room;
  void say(1, "a message");
  await room.clock.until(() => platform.messages.length === 1);
  const ref = { conversation: to, id: platform.messages[0]?.id ?? "none" };
  const { edit: change } = platform.account;
  const order: number[] = [];
  let made = 0;
  for (let edit = 1; edit <= 12; edit += 1) {
    const call = async (signal: AbortSignal) => {
      order.push(edit);
      const outcome = await change?.(ref, parseMarkdown(`edit ${edit}`), signal);
      return outcome ?? Promise.reject(new Error("the platform knows no edits"));
    };
    void outbox.change({ open, to, call, waitMs: 30_000 }).then(({ is }) => {
      if (is === "sent") made += 1;
    });
  }
  void say(1, "another one");
  await room.clock.until(() => made === 12 && platform.messages.length === 2);
  expect(refused()).toBe(0);
  expect(order).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);
  expect(asked.length).toBe(14);
});

test("a change whose turn would come after whoever wants it is gone is refused, and says when to try again", async () => {
  const { room, outbox, open, refused } = setUp();
  using _ = room;
  const call = async () => ({ is: "sent", ref: { conversation: to, id: "7" } }) as const;
  const outcomes = [1, 2, 3, 4].map(() => outbox.change({ open, to, call, waitMs: 1_000 }));
  const seen = await Promise.all(outcomes);
  expect(seen.map(({ is }) => is)).toEqual(["sent", "sent", "sent", "rejected"]);
  expect(seen[3]).toMatchObject({ error: { kind: "rate", retryAfterMs: 3_000 }, retry: true });
  expect(refused()).toBe(0);
});

test("a change that the platform finds too much is made once it takes it again", async () => {
  const { room, outbox, open } = setUp();
  using _ = room;
  const start = room.clock.now();
  const tries: number[] = [];
  let made = false;
  const call = async () => {
    tries.push(room.clock.now() - start);
    if (tries.length > 1) return { is: "sent", ref: { conversation: to, id: "7" } } as const;
    const error = { kind: "rate", message: "too many", retryAfterMs: 7_000 } as const;
    return { is: "rejected", error, retry: true } as const;
  };
  void outbox.change({ open, to, call, waitMs: 30_000 }).then(({ is }) => {
    made = is === "sent";
  });
  await room.clock.until(() => made);
  expect(tries).toEqual([0, 7_000]);
});
