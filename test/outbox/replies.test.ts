import { beforeAll, describe, expect, test } from "bun:test";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { ReplyPolicy } from "#src/outbox/accounts.ts";
import { accountsOf, openOutbox } from "../fakes/open-outbox.ts";
import { createFakePlatform, type Fate } from "../fakes/platform.ts";

// Loaded when first needed, in time that no clock of a test counts.
beforeAll(() => import("#src/outbox/plan.ts"));

const turn = {
  channel: "fake",
  account: "default",
  conversation: "direct/1",
  messageId: "m0",
  runId: "r1",
  sessionKey: "agent:main:main",
};

function setUp(options: Parameters<typeof createFakePlatform>[0] = {}, policy: Partial<ReplyPolicy> = {}) {
  const platform = createFakePlatform(options);
  const room = openOutbox(
    accountsOf({ "fake default": platform.account }, { streaming: "partial", ...policy }),
  );
  const outbox = room.start();
  return {
    platform,
    room,
    outbox,
    write(text: string) {
      const message = {
        role: "assistant" as const,
        content: [{ type: "text" as const, text }],
        timestamp: 0,
      };
      room.bus.emit("chat", {
        runId: "r1",
        sessionKey: "main",
        seq: 1,
        state: "delta",
        message,
        deltaText: text,
      });
    },
    conclude: (text: string, media: string[] = []) =>
      room.transactor.transact(() => outbox.replies.conclude(turn, { text, media })),
    done: () => room.clock.until(() => room.states().every((state) => state.startsWith("sent"))),
  };
}

describe("a reply", () => {
  test("is shown while it is written, by edits that are far enough apart, and finished in the same message", async () => {
    const { platform, room, outbox, write, conclude, done } = setUp();
    using _ = room;
    outbox.replies.begin(turn);
    for (let words = 1; words <= 40; words += 1) {
      write(Array.from({ length: words }, (_each, index) => `w${index}`).join(" "));
      await room.clock.pass(100);
    }
    const edits = platform.calls.filter((call) => call.startsWith("edit"));
    expect(edits.length).toBeGreaterThanOrEqual(2);
    expect(edits.length).toBeLessThanOrEqual(4);
    expect(platform.messages).toHaveLength(1);
    expect(platform.texts()[0]).toEndWith("…");
    const before = platform.calls.length;
    await room.clock.pass(10_000);
    // What has not changed is not shown again.
    expect(
      platform.calls.slice(before).filter((call) => !call.startsWith("typing")).length,
    ).toBeLessThanOrEqual(1);
    await conclude("the **whole** answer");
    await done();
    expect(platform.texts()).toEqual(["the whole answer"]);
    expect(platform.messages[0]?.replyTo).toBe("m0");
    const typed = platform.calls.filter((call) => call === "typing").length;
    await room.clock.pass(60_000);
    expect(platform.calls.filter((call) => call === "typing")).toHaveLength(typed);
    expect(room.db.query("SELECT count(*) AS n FROM preview").get()).toEqual({ n: 0 });
  });

  test("that became long is finished there, too, and goes on in further messages", async () => {
    const { platform, room, outbox, write, conclude, done } = setUp({ max: 40 });
    using _ = room;
    outbox.replies.begin(turn);
    const text = Array.from({ length: 20 }, (_each, index) => `word${String(index).padStart(2, "0")}`).join(
      " ",
    );
    write(text.slice(0, 100));
    await room.clock.pass(2_000);
    expect(platform.texts()[0]?.length).toBeLessThanOrEqual(40);
    await conclude(text);
    await done();
    expect(platform.texts().join(" ")).toBe(text);
    expect(platform.messages).toHaveLength(4);
  });

  test("goes out anew where what was shown is gone, and is edited again where the edit's answer was lost", async () => {
    for (const fate of [
      { is: "refused", error: { kind: "gone", message: "deleted" }, retry: false },
      { is: "answer lost" },
    ] satisfies Fate[]) {
      const { platform, room, outbox, write, conclude, done } = setUp();
      using _ = room;
      outbox.replies.begin(turn);
      write("the beginning of it");
      await room.clock.pass(2_000);
      if (fate.is === "refused") platform.messages.splice(0);
      let lost = 0;
      platform.decide((call) => {
        lost += call === "edit" ? 1 : 0;
        return call === "edit" && (fate.is === "refused" || lost === 1) ? fate : { is: "works" };
      });
      await conclude("the answer");
      await done();
      expect(platform.texts()).toEqual(["the answer"]);
    }
  });

  test("that never comes leaves nothing behind; a silent one is not even begun", async () => {
    const { platform, room, outbox, write } = setUp();
    using _ = room;
    outbox.replies.begin(turn);
    write("the beginning of it");
    await room.clock.pass(2_000);
    expect(platform.messages).toHaveLength(1);
    outbox.replies.dropped(turn);
    await room.clock.until(() => platform.messages.length === 0);
    outbox.replies.begin({ ...turn, runId: "r1" });
    for (const text of ["NO", "NO_REP", "NO_REPLY"]) {
      write(text);
      await room.clock.pass(2_000);
    }
    await room.transactor.transact(() => outbox.replies.conclude(turn, null));
    await room.clock.pass(10_000);
    expect(platform.messages).toEqual([]);
    expect(room.states()).toEqual([]);
  });

  test("is typed for at most ten minutes, and not where the platform fails at it", async () => {
    const { platform, room, outbox } = setUp();
    using _ = room;
    outbox.replies.begin(turn);
    await room.clock.pass(3_600_000);
    const typed = platform.calls.filter((call) => call === "typing").length;
    expect(typed).toBeGreaterThan(100);
    expect(typed).toBeLessThanOrEqual(152);
  });

  test("the message is acknowledged with a reaction, where its owner wants that", async () => {
    for (const [ackScope, conversation, wanted] of [
      ["all", "direct/1", true],
      ["direct", "direct/1", true],
      ["direct", "group/1", false],
      ["group-mentions", "group/1", true],
      ["group-mentions", "direct/1", false],
      ["off", "direct/1", false],
    ] as const) {
      const { platform, room, outbox } = setUp({}, { ackReaction: "👀", ackScope });
      using _ = room;
      outbox.replies.begin({ ...turn, conversation });
      await room.clock.pass(1_000);
      expect(platform.calls.includes("react m0 👀")).toBe(wanted);
    }
  });

  test("the reaction is taken back once the whole answer is there, or none comes, where its owner wants that", async () => {
    for (const removeAck of [true, false]) {
      const { platform, room, outbox, conclude, done } = setUp(
        { max: 40 },
        { ackReaction: "👀", ackScope: "all", removeAck },
      );
      using _ = room;
      outbox.replies.begin(turn);
      await room.clock.pass(1_000);
      await conclude("one two three four five six seven eight nine ten eleven twelve");
      await done();
      await room.clock.pass(1_000);
      const calls = platform.calls.filter((call) => !call.startsWith("typing"));
      expect(calls.at(-1)?.startsWith("react m0 ")).toBe(removeAck);
      outbox.replies.begin({ ...turn, runId: "r2", messageId: "m9" });
      await room.clock.pass(1_000);
      outbox.replies.dropped({ ...turn, runId: "r2", messageId: "m9" });
      await room.clock.pass(1_000);
      expect(platform.calls.filter((call) => call === "react m9 ")).toHaveLength(removeAck ? 1 : 0);
    }
  });

  test("typing is shown from the moment that its owner chose", async () => {
    const typed = async (from: ReplyPolicy["typing"]["from"], happens: "nothing" | "tool" | "text") => {
      const { platform, room, outbox, write } = setUp({}, { typing: { from, everyMs: 10_000 } });
      using _ = room;
      outbox.replies.begin(turn);
      const told = { runId: "r1", sessionKey: "main", seq: 1, ts: 0 };
      const data = { phase: "start", name: "read", toolCallId: "t" } as const;
      if (happens === "tool") room.bus.emit("agent", { ...told, stream: "tool", data });
      if (happens === "text") write("hello");
      await room.clock.pass(25_000);
      return platform.calls.filter((call) => call === "typing").length;
    };
    expect(await typed("never", "text")).toBe(0);
    expect(await typed("instant", "nothing")).toBe(3);
    expect(await typed("thinking", "nothing")).toBe(0);
    expect(await typed("thinking", "tool")).toBe(3);
    expect(await typed("message", "tool")).toBe(0);
    expect(await typed("message", "text")).toBe(3);
  });

  test("is shown paragraph by paragraph, where its owner wants that", async () => {
    const { platform, room, outbox, write } = setUp({}, { streaming: "block" });
    using _ = room;
    outbox.replies.begin(turn);
    write("a first paragr");
    await room.clock.pass(5_000);
    expect(platform.texts()).toEqual([]);
    write("a first paragraph.\n\nand the");
    await room.clock.pass(5_000);
    expect(platform.texts()).toEqual(["a first paragraph.\n\n…"]);
  });

  test("comes no sooner after the one before than its owner wants; parts of one reply follow at once", async () => {
    const { platform, room, outbox, conclude } = setUp(
      { max: 40 },
      { replyInterval: 5_000, streaming: "off" },
    );
    using _ = room;
    await conclude("one two three four five six seven eight nine ten eleven twelve");
    await room.clock.pass(100);
    expect(platform.messages).toHaveLength(2);
    const second = { ...turn, runId: "r2" };
    await room.transactor.transact(() => outbox.replies.conclude(second, { text: "again" }));
    await room.clock.pass(4_500);
    expect(platform.messages).toHaveLength(2);
    await room.clock.pass(1_000);
    expect(platform.texts().at(-1)).toBe("again");
  });

  test("as a draft, where the platform has those: the draft keeps its number, the answer is one message", async () => {
    const { platform, room, outbox, write, conclude, done } = setUp({ stream: "draft" });
    using _ = room;
    outbox.replies.begin(turn);
    write("one");
    await room.clock.pass(2_000);
    write("one two");
    await room.clock.pass(2_000);
    await conclude("one two three");
    await done();
    const drafts = platform.calls.filter((call) => call.startsWith("draft"));
    expect(drafts).toHaveLength(2);
    expect(new Set(drafts.map((call) => call.split(" ")[1])).size).toBe(1);
    expect(platform.texts()).toEqual(["one two three"]);
  });

  test("takes files along: a short text as caption, pictures as one album; what may not be read is said in words", async () => {
    const { platform, room, conclude, done } = setUp();
    using _ = room;
    const media = join(room.stateDir, "media");
    await mkdir(media);
    await writeFile(join(media, "a.png"), "\x89PNG\r\n\x1a\n....", "latin1");
    await writeFile(join(media, "b.png"), "\x89PNG\r\n\x1a\n.....", "latin1");
    await conclude("Look:\nMEDIA:a.png", ["b.png", "/etc/passwd"]);
    await done();
    expect(platform.messages.map(({ media: files }) => files)).toEqual([["image a.png", "image b.png"], []]);
    expect(platform.texts()[0]).toBe("Look:");
    expect(platform.texts()[1]).toContain("/etc/passwd is not below the media directory");
    expect(JSON.stringify(platform.messages)).not.toContain("root:");
  });

  test("that is given up for good is the owner's to look after, until it is dealt with", async () => {
    const { platform, room, outbox, conclude } = setUp({ max: 20 });
    using _ = room;
    platform.decide(() => ({ is: "refused", error: { kind: "invalid", message: "no" }, retry: false }));
    await conclude("one two three four five six");
    await room.clock.until(() => outbox.problems().length > 0);
    expect(outbox.problems()).toMatchObject([
      { id: "outbox", message: "1 message could not be sent; see: moltbot outbox list" },
    ]);
    for (const { id } of outbox.list({ states: ["rejected"], limit: 10 })) await outbox.discard(id);
    expect(outbox.problems()).toEqual([]);
  });

  test("goes on in a text where it is too long for a caption, with nothing of it lost", async () => {
    const { platform, room, conclude, done } = setUp({ captionMax: 20, max: 60 });
    using _ = room;
    const media = join(room.stateDir, "media");
    await mkdir(media);
    await writeFile(join(media, "a.png"), "\x89PNG\r\n\x1a\n....", "latin1");
    await writeFile(join(media, "b.pdf"), "%PDF-1.7");
    const text = "one two three **four five six seven** eight nine ten";
    await conclude(text, ["a.png", "b.pdf"]);
    await done();
    expect(platform.messages.map(({ media: files }) => files)).toEqual([
      ["image a.png"],
      [],
      ["document b.pdf"],
    ]);
    const [caption, rest] = platform.sends;
    expect(caption).toMatchObject({ is: "media", caption: { blocks: [{ is: "paragraph" }] } });
    expect(rest).toMatchObject({ is: "text", document: { blocks: [{ children: [{ is: "strong" }, {}] }] } });
    expect(platform.texts().join(" ").split(/\s+/).filter(Boolean)).toEqual(
      text.replaceAll("*", "").split(" "),
    );
  });

  test("keeps its text where the platform refuses the file", async () => {
    const { platform, room, outbox, conclude } = setUp();
    using _ = room;
    await mkdir(join(room.stateDir, "media"));
    await writeFile(join(room.stateDir, "media", "a.pdf"), "%PDF-1.7");
    let refusedOnce = false;
    platform.decide(() => {
      if (refusedOnce) return { is: "works" };
      refusedOnce = true;
      return { is: "refused", error: { kind: "too-large", message: "the file is too large" }, retry: false };
    });
    await conclude("Here it is", ["a.pdf"]);
    await room.clock.until(() => room.states().includes("sent 1"));
    expect(platform.texts()).toEqual(["Here it is\n\n[a.pdf could not be sent: the file is too large]"]);
    expect(outbox.problems()).toEqual([]);
  });
});
