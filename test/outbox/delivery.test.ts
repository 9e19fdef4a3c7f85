import { describe, expect, test } from "bun:test";
import type { AccountState } from "#src/channels/channel.ts";
import { accountsOf, openOutbox } from "../fakes/open-outbox.ts";
import { createFakePlatform, type Fate } from "../fakes/platform.ts";

const chat = "direct/1";
const limitOf = (retryAfterMs: number): Fate => ({
  is: "refused",
  error: { kind: "rate", message: "too many", retryAfterMs },
  retry: true,
});
const refused = (kind: "network" | "invalid" | "gone", retry: boolean): Fate => ({
  is: "refused",
  error: { kind, message: `refused as ${kind}` },
  retry,
});

/** Long enough for several parts of 40. */
const long = Array.from({ length: 20 }, (_, index) => `word${String(index).padStart(2, "0")}`).join(" ");

function setUp(
  options: Parameters<typeof createFakePlatform>[0] = {},
  policy = {},
  state?: () => AccountState,
) {
  const platform = createFakePlatform(options);
  const room = openOutbox(accountsOf({ "fake default": platform.account }, policy, state));
  const say = (outbox: ReturnType<typeof room.start>, text: string, more = {}) =>
    room.transactor.transact(() => outbox.say("fake", "default", chat, text, more));
  return { platform, room, say };
}

describe("a message out", () => {
  test("is a row before the platform is asked, and is sent once; a repeat of its origin adds nothing", async () => {
    const { platform, room, say } = setUp();
    using _ = room;
    const outbox = room.start();
    platform.decide(() => {
      expect(room.states()).toEqual(["sending 1"]);
      return { is: "works" };
    });
    await say(outbox, "hello", { key: "a", replyTo: "m0" });
    await room.clock.until(() => room.states().includes("sent 1"));
    await say(outbox, "hello", { key: "a" });
    await room.clock.pass(100_000);
    expect(platform.messages).toEqual([
      {
        id: "m1",
        conversation: chat,
        key: platform.messages[0]?.key ?? "",
        text: "hello",
        media: [],
        replyTo: "m0",
      },
    ]);
    expect(platform.messages[0]?.key).toMatch(/^[a-z0-9]{25}$/);
  });

  test("is not sent where the transaction that said it is taken back", async () => {
    const { platform, room } = setUp();
    using _ = room;
    const outbox = room.start();
    const work = room.transactor.transact(() => {
      outbox.say("fake", "default", chat, "hello");
      throw new Error("no");
    });
    await expect(work).rejects.toThrow("no");
    await room.clock.pass(60_000);
    expect(platform.calls).toEqual([]);
  });

  test("goes out in parts, in order; of them the first answers, all do, or none", async () => {
    for (const [replyTo, answering] of [
      ["first", [true, false, false, false]],
      ["all", [true, true, true, true]],
      ["off", [false, false, false, false]],
    ] as const) {
      const { platform, room, say } = setUp({ max: 40 }, { replyTo });
      using _ = room;
      await say(room.start(), long, { replyTo: "m0" });
      await room.clock.until(() => room.states().includes("sent 4"));
      expect(platform.texts().join(" ")).toBe(long);
      expect(platform.messages.map((message) => message.replyTo === "m0")).toEqual([...answering]);
    }
  });

  test("a certain no is tried again, with pauses that grow; parts behind it wait; 'too many' waits as long as it says", async () => {
    const { platform, room, say } = setUp({ max: 40 });
    using _ = room;
    let noes = 4;
    const at: number[] = [];
    platform.decide((_call, text) => {
      if (!text.startsWith("word00")) return { is: "works" };
      at.push(room.clock.now());
      noes -= 1;
      if (noes === 0) return limitOf(30_000);
      return noes > 0 ? refused("network", true) : { is: "works" };
    });
    await say(room.start(), long);
    await room.clock.until(() => room.states().includes("sent 4"));
    expect(platform.texts().join(" ")).toBe(long);
    const pauses = at.slice(1).map((each, index) => each - (at[index] ?? 0));
    expect(pauses[0]).toBeGreaterThanOrEqual(750);
    expect(pauses[1]).toBeGreaterThan(1_400);
    expect(pauses[3]).toBeGreaterThanOrEqual(30_000);
  });

  test("'too many' in one conversation does not hold up another; in two it is the account's", async () => {
    const { platform, room } = setUp();
    using _ = room;
    const outbox = room.start();
    const seen: [string, number][] = [];
    const begun = room.clock.now();
    let noes = 0;
    platform.decide((_call, text) => {
      seen.push([text, room.clock.now() - begun]);
      noes += 1;
      return text !== "c" && noes <= 2 ? limitOf(60_000) : { is: "works" };
    });
    const say = (to: string, text: string) =>
      room.transactor.transact(() => outbox.say("fake", "default", to, text));
    await say("direct/1", "a");
    await room.clock.until(() => noes === 1);
    await say("direct/2", "b");
    await room.clock.until(() => noes === 2);
    await say("direct/3", "c");
    await room.clock.until(() => room.states().includes("sent 3"));
    const third = seen.find(([text]) => text === "c")?.[1] ?? 0;
    expect(third).toBeGreaterThanOrEqual(60_000);
  });

  test("a last no ends the message, with what follows it, and later messages go on", async () => {
    const { platform, room, say } = setUp({ max: 40 });
    using _ = room;
    platform.decide((_call, text) =>
      text.startsWith("word05") ? refused("invalid", false) : { is: "works" },
    );
    const outbox = room.start();
    await say(outbox, long);
    await say(outbox, "later");
    await room.clock.until(() => room.states().includes("sent 2"));
    expect(room.states()).toEqual(["rejected 3", "sent 2"]);
    expect(outbox.problems()).toMatchObject([
      { id: "outbox", message: "1 message could not be sent; see: moltbot outbox list" },
    ]);
    platform.decide(() => ({ is: "works" }));
    const [, second] = outbox
      .list({ states: ["rejected"], limit: 10 })
      .toReversed()
      .slice(-3);
    const first = outbox.list({ states: ["rejected"], limit: 10 }).at(-1);
    expect(second?.message).toBe(first?.message as number);
    expect(await outbox.retry(first?.id ?? 0)).toBe(true);
    await room.clock.until(() => room.states().includes("sent 5"));
  });

  test("what cannot be sent for a day is given up, and says why", async () => {
    const { platform, room, say } = setUp();
    using _ = room;
    platform.decide(() => refused("network", true));
    const outbox = room.start();
    await say(outbox, "hello");
    await room.clock.until(() => room.states().includes("rejected 1"));
    expect(outbox.list({ states: ["rejected"], limit: 1 })[0]?.error?.message).toBe("refused as network");
    expect(platform.calls.length).toBeLessThan(500);
  });

  test("waits for an account that is not connected, and goes as soon as it is", async () => {
    let state: AccountState = { is: "needs login", reason: "no token" };
    const { platform, room, say } = setUp({}, {}, () => state);
    using _ = room;
    const outbox = room.start();
    await say(outbox, "hello");
    await room.clock.pass(3_600_000);
    expect(platform.calls).toEqual([]);
    state = { is: "connected" };
    const before = room.clock.now();
    outbox.wakeAccount("fake", "default");
    await room.clock.until(() => platform.texts().includes("hello"));
    expect(room.clock.now()).toBe(before);
  });

  test("whose account is cut off while its parts are made waits, in parts, until it is back", async () => {
    let state: AccountState = { is: "connected" };
    const { platform, room, say } = setUp({ max: 40 }, {}, () => state);
    using _ = room;
    const outbox = room.start();
    const { measure } = platform.account;
    platform.account.measure = (document) => {
      state = { is: "connecting" };
      return measure.call(platform.account, document);
    };
    await say(outbox, long, { key: "a" });
    await room.clock.until(() => room.states().includes("queued 4"));
    await room.clock.pass(60_000);
    expect([platform.calls, room.states()]).toEqual([[], ["queued 4"]]);
    state = { is: "connected" };
    outbox.wakeAccount("fake", "default");
    await room.clock.until(() => room.states().includes("sent 4"));
    expect(platform.texts().join(" ")).toBe(long);
  });
});

describe("an outcome that nobody knows", () => {
  test("is never blindly sent again: it stays unknown and is shown to the owner, and later parts go on", async () => {
    for (const fate of ["answer lost", "never arrives"] as const) {
      const { platform, room, say } = setUp({ max: 40 });
      using _ = room;
      platform.decide((_call, text) => ({ is: text.startsWith("word05") ? fate : "works" }));
      const outbox = room.start();
      await say(outbox, long);
      await room.clock.until(() => room.states().includes("sent 3"));
      await room.clock.pass(7 * 24 * 3_600_000);
      expect(platform.calls.filter((call) => call.includes("word05"))).toHaveLength(1);
      expect(room.states()).toEqual(["sent 3", "unknown 1"]);
      expect(outbox.problems()).toEqual([
        {
          id: "outbox",
          message: "1 message may or may not have arrived; see: moltbot outbox list",
          zh: "有 1 条消息不确定是否送达；请运行：moltbot outbox list",
        },
      ]);
      const [row] = outbox.list({ states: ["unknown"], limit: 10 });
      platform.decide(() => ({ is: "works" }));
      if (fate === "answer lost") expect(await outbox.discard(row?.id ?? 0)).toBe(true);
      else expect(await outbox.retry(row?.id ?? 0)).toBe(true);
      await room.clock.pass(10_000);
      expect(platform.messages).toHaveLength(4);
      expect(outbox.problems()).toEqual([]);
    }
  });

  test("a call that hangs, or that throws, is one", async () => {
    for (const is of ["hangs", "breaks"] as const) {
      const { platform, room, say } = setUp();
      using _ = room;
      platform.decide(() => ({ is, arrives: true }));
      await say(room.start(), "hello");
      await room.clock.until(() => room.states().includes("unknown 1"));
      expect(platform.messages).toHaveLength(1);
    }
  });

  test("is looked up where the platform can say, also when it cannot at first; parts behind it wait", async () => {
    for (const fate of ["answer lost", "never arrives"] as const) {
      const { platform, room, say } = setUp({ max: 40, idempotentSend: "by-lookup" });
      using _ = room;
      let lost = false;
      let looks = 0;
      platform.decide((call, text) => {
        if (call === "lookup") {
          looks += 1;
          return { is: looks < 3 ? "never arrives" : "works" };
        }
        if (!text.startsWith("word05") || lost) return { is: "works" };
        lost = true;
        return { is: fate };
      });
      await say(room.start(), long);
      await room.clock.until(() => room.states().includes("sent 4"));
      expect(platform.texts().join(" ")).toBe(long);
      expect(looks).toBe(3);
    }
  });

  test("is sent again under its key where the platform knows keys, but not after the key is forgotten", async () => {
    const { platform, room, say } = setUp({ idempotentSend: "by-key" });
    using _ = room;
    let lost = 0;
    platform.decide(() => {
      lost += 1;
      return { is: lost < 3 ? "answer lost" : "works" };
    });
    await say(room.start(), "hello");
    await room.clock.until(() => room.states().includes("sent 1"));
    expect(platform.messages).toHaveLength(1);
    expect(platform.calls).toHaveLength(3);
    platform.decide(() => ({ is: "hangs", arrives: true }));
    const later = room.start({ limits: { textTimeoutMs: 300_000 } });
    await say(later, "again");
    await room.clock.until(() => room.states().includes("unknown 1"));
    await room.clock.pass(3_600_000);
    expect(platform.messages).toHaveLength(2);
    expect(platform.calls).toHaveLength(4);
  });
});

describe("somebody who waits for a message", () => {
  const to = { channel: "fake", account: "default", conversation: chat };
  const submit = (outbox: ReturnType<ReturnType<typeof openOutbox>["start"]>, text: string, origin: string) =>
    outbox.submit({ ...to, origin, content: { is: "markdown", text, media: [] } });

  test("and who is told of a failure never finds it delivered later", async () => {
    const { platform, room } = setUp();
    using _ = room;
    const outbox = room.start();
    platform.decide(() => refused("network", true));
    const id = await submit(outbox, "hello", "send:a");
    const verdict = outbox.finished(id, 30_000);
    await room.clock.until(() => room.states().includes("rejected 1"));
    expect(await verdict).toMatchObject({ is: "rejected", error: { message: "refused as network" } });
    platform.decide(() => ({ is: "works" }));
    await room.clock.pass(3 * 24 * 3_600_000);
    expect(platform.messages).toEqual([]);
  });

  test("gets the outcome of what was under way when the wait was over", async () => {
    const { platform, room } = setUp();
    using _ = room;
    const outbox = room.start();
    const answer = Promise.withResolvers<Fate>();
    platform.decide(() => answer.promise);
    const id = await submit(outbox, "hello", "send:a");
    const verdict = outbox.finished(id, 5_000);
    await room.clock.pass(20_000);
    expect(room.states()).toEqual(["sending 1"]);
    answer.resolve({ is: "works" });
    expect((await verdict).is).toBe("sent");
    expect(await submit(outbox, "hello", "send:a")).toBe(id);
    expect((await outbox.finished(id, 5_000)).is).toBe("sent");
    expect(platform.messages).toHaveLength(1);
  });

  test("is told of a part that failed after others had arrived, and of one that nobody knows", async () => {
    const { platform, room } = setUp({ max: 40 });
    using _ = room;
    const outbox = room.start();
    for (const [fate, is] of [
      [refused("gone", false), "partial"],
      [{ is: "answer lost" }, "unknown"],
    ] as const) {
      platform.decide((_call, text) => (text.startsWith("word05") ? fate : { is: "works" }));
      const id = await submit(outbox, long, `send:${is}`);
      const verdict = outbox.finished(id, 30_000);
      await room.clock.until(() => outbox.list({ states: ["queued", "sending"], limit: 9 }).length === 0);
      expect((await verdict).is).toBe(is);
    }
  });
});

test("20 senders into 5 conversations with a moody platform: everything once or listed as unknown, in order", async () => {
  const { platform, room } = setUp({ idempotentSend: "by-lookup" });
  using _ = room;
  const outbox = room.start();
  let turn = 0;
  platform.decide(() => {
    turn += 1;
    if (turn % 7 === 0) return refused("network", true);
    if (turn % 11 === 0) return limitOf(2_000);
    if (turn % 5 === 0) return { is: "answer lost" };
    return { is: turn % 13 === 0 ? "never arrives" : "works" };
  });
  const said: Record<string, string[]> = {};
  for (let index = 0; index < 200; index += 1) {
    const conversation = `direct/${index % 5}`;
    said[conversation] = [...(said[conversation] ?? []), `message ${index}`];
    void room.transactor.transact(() => outbox.say("fake", "default", conversation, `message ${index}`));
  }
  // What was looked for six times in vain stays unknown; whatever the order of timers, that is all that may be left.
  const count = (state: string) =>
    Number(
      room
        .states()
        .find((each) => each.startsWith(`${state} `))
        ?.split(" ")[1] ?? 0,
    );
  await room.clock.until(() => count("sent") + count("unknown") === 200);
  expect(count("unknown")).toBeLessThan(10);
  let missing = 0;
  for (const [conversation, texts] of Object.entries(said)) {
    const shown = platform.messages
      .filter((each) => each.conversation === conversation)
      .map(({ text }) => text);
    expect(shown).toEqual(texts.filter((text) => shown.includes(text)));
    missing += texts.length - shown.length;
  }
  expect(missing).toBeLessThanOrEqual(count("unknown"));
});
