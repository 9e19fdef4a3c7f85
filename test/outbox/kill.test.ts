import { beforeAll, describe, expect, test } from "bun:test";
import type { Account } from "#src/channels/channel.ts";
import type { Transactor } from "#src/store/transactor.ts";
import { accountsOf, openOutbox } from "../fakes/open-outbox.ts";
import { createFakePlatform, type PlatformOptions } from "../fakes/platform.ts";

const chat = "direct/1";
const long = Array.from({ length: 12 }, (_, index) => `word${String(index).padStart(2, "0")}`).join(" ");

beforeAll(async () => {
  // Loaded when first needed; a life that ends in the middle of that is not what is tried here.
  await Promise.all([import("#src/outbox/plan.ts"), import("#src/outbox/markdown.ts")]);
});

/** A life that ends before or after its n-th deed outside of memory: a commit, or a call to the platform. */
function createLife(deeds: number) {
  let left = deeds;
  let isDead = false;
  const never = <T>() => new Promise<T>(() => {});
  const step = (): boolean => {
    left -= 1;
    if (left < 0) isDead = true;
    return !isDead;
  };
  return {
    get isDead() {
      return isDead;
    },
    through: (transactor: Transactor): Transactor => ({
      ...transactor,
      async transact(work) {
        if (!step()) return never();
        const value = await transactor.transact(work);
        return step() ? value : never();
      },
      transactNow: (work) => transactor.transactNow(work),
      afterCommit: (then) => transactor.afterCommit(() => void (isDead || then())),
      close: () => {},
    }),
    /** The account as the living see it: a call reaches the platform or not, and its answer comes back or not. */
    over: (account: Account): Account => {
      const wrap =
        <A extends unknown[], T>(call: ((...args: A) => Promise<T>) | undefined) =>
        async (...args: A): Promise<T> => {
          if (!step() || call === undefined) return never<T>();
          const value = await call.apply(account, args);
          return step() ? value : never<T>();
        };
      return {
        ...account,
        send: wrap(account.send),
        ...(account.lookup === undefined ? {} : { lookup: wrap(account.lookup) }),
        ...(account.edit === undefined ? {} : { edit: wrap(account.edit) }),
        ...(account.remove === undefined ? {} : { remove: wrap(account.remove) }),
      };
    },
  };
}

interface Ending {
  texts: string[];
  unknown: number;
  rejected: number;
}

/** Carries a story out in a life that ends after so many deeds, then in one that lasts. */
async function lives(
  deeds: number,
  options: PlatformOptions,
  story: "three messages" | "a streamed reply",
): Promise<Ending & { died: boolean }> {
  const platform = createFakePlatform(options);
  const first = createLife(deeds);
  let current: Account = first.over(platform.account);
  const accounts = accountsOf({ "fake default": platform.account }, { streaming: "partial" });
  using room = openOutbox({
    ...accounts,
    find: (channel, id) => {
      const found = accounts.find(channel, id);
      return found === null ? null : { ...found, account: current };
    },
  });
  const turn = {
    channel: "fake",
    account: "default",
    conversation: chat,
    messageId: "m0",
    runId: "r1",
    sessionKey: "agent:main:main",
  };
  const reply = `The answer is ${long}`;
  const speak = (outbox: ReturnType<typeof room.start>, text: string) => {
    outbox.replies.begin(turn);
    const message = { role: "assistant" as const, content: [{ type: "text" as const, text }], timestamp: 0 };
    room.bus.emit("chat", {
      runId: "r1",
      sessionKey: "main",
      seq: 1,
      state: "delta",
      message,
      deltaText: text,
    });
  };
  /** What the inbox does: the end of the turn and its reply are one commit, and both or neither survive. */
  const conclude = (outbox: ReturnType<typeof room.start>) =>
    room.transactor.transact(() => outbox.replies.conclude(turn, { text: reply }));

  const mortal = room.start({ through: first.through(room.transactor) });
  // A life may end before it has begun.
  void mortal.recover();
  if (story === "three messages") {
    for (const text of [long, "second", `third ${long}`])
      await room.transactor.transact(() => mortal.say("fake", "default", chat, text));
  } else {
    speak(mortal, "The answer is word00");
    await room.clock.pass(3_000);
    speak(mortal, `The answer is ${long.slice(0, 30)}`);
    await room.clock.pass(3_000);
    await conclude(mortal);
  }
  const isOver = () => room.states().every((state) => /sent|rejected|unknown/.test(state));
  const open = () =>
    room.db.query<{ n: number }, []>("SELECT count(*) AS n FROM outbox WHERE next_at IS NOT NULL").get()?.n ??
    0;
  await room.clock.until(() => first.isDead || (isOver() && open() === 0));
  if (first.isDead) {
    current = platform.account;
    // Time has passed; what the dead left running is not seen any more.
    const next = room.start();
    await next.recover();
    await room.clock.until(() => isOver() && open() === 0);
    await room.clock.pass(60_000);
  }
  const count = (wanted: string) =>
    room.db.query<{ n: number }, [string]>("SELECT count(*) AS n FROM outbox WHERE state = ?").get(wanted)
      ?.n ?? 0;
  return {
    texts: platform.texts(),
    unknown: count("unknown"),
    rejected: count("rejected"),
    died: first.isDead,
  };
}

/** The story with its end at every deed there is. */
async function everyEnd(options: PlatformOptions, story: Parameters<typeof lives>[2]): Promise<Ending[]> {
  const endings: Ending[] = [];
  for (let deeds = 1; deeds < 200; deeds += 1) {
    const ending = await lives(deeds, options, story);
    endings.push(ending);
    if (!ending.died) return endings;
  }
  throw new Error("the story has no end");
}

const whole = [...long.split(" "), "second", "third", ...long.split(" ")];

describe("the gateway dies at every commit and every call of three messages in seven parts", () => {
  for (const idempotentSend of ["by-lookup", "by-key"] as const) {
    test(`on a platform that knows what it has (${idempotentSend}): all is there once, in order`, async () => {
      const endings = await everyEnd({ max: 40, idempotentSend }, "three messages");
      expect(endings.length).toBeGreaterThan(20);
      for (const ending of endings) {
        expect({ ...ending, texts: ending.texts.join(" ").split(" ") }).toMatchObject({
          texts: whole,
          unknown: 0,
          rejected: 0,
        });
      }
    });
  }

  test("on one that does not: nothing twice, and what may be missing is listed as unknown", async () => {
    const endings = await everyEnd({ max: 40, idempotentSend: "no" }, "three messages");
    expect(endings.some(({ unknown }) => unknown === 1)).toBe(true);
    for (const { texts, unknown, rejected } of endings) {
      expect(rejected).toBe(0);
      expect(unknown).toBeLessThanOrEqual(1);
      const complete = parts(whole);
      const isOneShort = texts.length === complete.length - 1 && unknown === 1;
      expect(isOneShort || texts.length === complete.length).toBe(true);
      // In order, with at most the unknown one left out.
      let at = 0;
      for (const text of texts) {
        const found = complete.indexOf(text, at);
        expect(found).toBeGreaterThanOrEqual(at);
        expect(found - at).toBeLessThanOrEqual(1);
        at = found + 1;
      }
    }
  });
});

/** The seven parts as they are when nothing happens. */
function parts(words: readonly string[]): string[] {
  const split = (list: readonly string[]) => {
    const lines: string[] = [];
    for (const word of list) {
      const last = lines.at(-1);
      if (last !== undefined && `${last} ${word}`.length <= 40) lines[lines.length - 1] = `${last} ${word}`;
      else lines.push(word);
    }
    return lines;
  };
  return [...split(words.slice(0, 12)), "second", ...split(words.slice(13))];
}

describe("the gateway dies at every commit and every call of a reply that is shown while it is written", () => {
  test("on a platform that can be asked: one message, finished where it was begun", async () => {
    const endings = await everyEnd({ max: 200, idempotentSend: "by-lookup" }, "a streamed reply");
    expect(endings.length).toBeGreaterThan(8);
    for (const { texts, unknown } of endings)
      expect({ texts, unknown }).toEqual({ texts: [`The answer is ${long}`], unknown: 0 });
  });

  test("on one that cannot: the whole reply at most once; a beginning that may be left is marked as one", async () => {
    const endings = await everyEnd({ max: 200, idempotentSend: "no" }, "a streamed reply");
    for (const { texts, unknown } of endings) {
      const complete = texts.filter((text) => text === `The answer is ${long}`);
      expect(complete.length + unknown).toBe(1);
      for (const text of texts) if (text !== complete[0]) expect(text).toEndWith("…");
      expect(texts.length).toBeLessThanOrEqual(2);
    }
  });
});
