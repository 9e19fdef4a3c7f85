import { Database } from "bun:sqlite";
import { describe, expect, test } from "bun:test";
import type { ContentPart } from "#protocol/domains/chat.ts";
import { createRecollections } from "#src/sessions/recollections.ts";
import { migrate } from "#src/store/migrations.ts";
import { createMemories } from "./memory.ts";
import type { Fading } from "./runtime.ts";

const hundredTokens = "abc".repeat(90);

interface Said {
  role: "user" | "assistant" | "toolResult";
  text?: string;
  content?: ContentPart[];
  runtime?: string;
  command?: true;
}

function opened(mode: "default" | "safeguard" = "safeguard") {
  const db = new Database(":memory:", { strict: true });
  migrate(db, "test.db");
  let now = 1_000_000_000;
  const recollections = createRecollections(db, () => now);
  const memories = createMemories({
    recollections,
    transact: async (work) => db.transaction(work)(),
    mode: () => mode,
    now: () => now,
  });
  const insert = db.query(
    "INSERT INTO message (session_id, message_id, role, json, created_at) VALUES ('s', ?, ?, ?, 1)",
  );
  let count = 0;
  return {
    memory: memories.of("s", ["input"]),
    say({ role, text, content, ...more }: Said, id = `m${count++}`) {
      const message = {
        role,
        content: content ?? [{ type: "text", text: text ?? "" }],
        timestamp: 1,
        id,
        ...more,
      };
      insert.run(id, role, JSON.stringify(message));
    },
    turns(from: number, to: number) {
      for (let at = from; at < to; at++) {
        this.say({ role: "user", text: `q${at} ${hundredTokens}` });
        this.say({ role: "assistant", text: `a${at} ${hundredTokens}` });
      }
    },
    later: (ms: number) => {
      now += ms;
    },
  };
}

const never = () => Promise.reject(new Error("nobody asked for a summary"));
const first = ({ content }: { content: readonly ContentPart[] }) =>
  content[0]?.type === "text" ? (content[0].text.split(" ")[0] ?? "") : (content[0]?.type ?? "");

describe("what fits", () => {
  test("is told whole, without commands, the helper's words, empty messages and the input itself", async () => {
    const { memory, say } = opened();
    say({ role: "user", text: "Ada: /help", command: true });
    say({ role: "assistant", text: "Commands:", runtime: "concierge" });
    say({ role: "user", text: "hello" });
    say({ role: "assistant", content: [] });
    say({ role: "assistant", text: "hi" });
    say({ role: "user", text: "now" }, "input");
    const { messages, summary, omitted } = await memory.recall(10_000, never);
    expect(messages.map(first)).toEqual(["hello", "hi"]);
    expect({ summary, omitted }).toEqual({ summary: null, omitted: false });
  });

  test("has no more images than can be held at once; the oldest are named instead", async () => {
    const { memory, say } = opened();
    const image: ContentPart = { type: "image", data: "x".repeat(5_000_000), mimeType: "image/png" };
    for (let at = 0; at < 4; at++) say({ role: "user", content: [image] });
    const { messages } = await memory.recall(100_000, never);
    expect(messages.map(first)).toEqual(["[an", "[an", "image", "image"]);
  });
});

describe("what falls out", () => {
  test("is summed up from where the last summary ended, and half of the budget stays word by word", async () => {
    const world = opened();
    const asked: Fading[] = [];
    const summarise = async (fading: Fading) => {
      asked.push(fading);
      return `summary ${asked.length}`;
    };
    world.turns(0, 16);
    const recalled = await world.memory.recall(3_000, summarise);
    expect(recalled).toMatchObject({ summary: "summary 1", omitted: false });
    expect(recalled.messages.length).toBeLessThan(20);
    expect(asked[0]?.summary).toBeNull();
    const kept = recalled.messages.map(first);
    expect(kept[0]).toStartWith("q");
    expect(kept.at(-1)).toBe("a15");
    expect([...asked.flatMap(({ messages }) => messages.map(first)), ...kept]).toHaveLength(32);

    const again = await world.memory.recall(3_000, never);
    expect(again.messages.map(first)).toEqual(kept);
    expect(again.summary).toBe("summary 1");

    const before = asked.length;
    world.turns(16, 26);
    await world.memory.recall(3_000, summarise);
    expect(asked[before]?.summary).toBe("summary 1");
    expect(asked[before]?.messages.map(first)[0]).toBe(kept[0]);
  });

  for (const [mode, most] of [
    ["default", 1],
    ["safeguard", 4],
  ] as const) {
    test(`takes at most ${most} requests in mode ${mode}, and leaves out the oldest where that is too little`, async () => {
      const world = opened(mode);
      world.turns(0, 400);
      const asked: Fading[] = [];
      const { messages, summary } = await world.memory.recall(3_000, async (fading) => {
        asked.push(fading);
        return `summary ${asked.length}`;
      });
      expect(asked).toHaveLength(most);
      expect(asked.map((fading) => fading.summary)).toEqual(
        [null, "summary 1", "summary 2", "summary 3"].slice(0, most),
      );
      expect(summary).toBe(`summary ${most}`);
      const covered = asked.flatMap((fading) => fading.messages.map(first));
      expect(covered.at(-1)).toBe(`a${Number(messages.map(first)[0]?.slice(1)) - 1}`);
    });
  }

  test("is dropped with a note where the summary fails, and tried again only after a while", async () => {
    const world = opened();
    world.turns(0, 20);
    let asked = 0;
    const fail = () => {
      asked += 1;
      return Promise.resolve(null);
    };
    expect(await world.memory.recall(3_000, fail)).toMatchObject({ summary: null, omitted: true });
    world.later(60_000);
    await world.memory.recall(3_000, fail);
    expect(asked).toBe(1);
    world.later(10 * 60_000);
    expect(await world.memory.recall(3_000, async () => "at last")).toMatchObject({ summary: "at last" });
  });

  test("is not summed up where a summary would leave no room", async () => {
    const world = opened();
    world.turns(0, 20);
    expect(await world.memory.recall(500, never)).toMatchObject({ omitted: true });
  });
});

test("calls and their results are summed up with the rest", async () => {
  const world = opened();
  world.say({ role: "user", text: `what time is it? ${hundredTokens}` });
  const call = { type: "toolCall" as const, id: "a", name: "clock", arguments: { zone: "UTC" } };
  world.say({ role: "assistant", content: [call] });
  world.say({ role: "toolResult", text: "noon" });
  world.turns(0, 40);
  let told: Fading["messages"] = [];
  await world.memory.recall(3_000, (fading) => {
    told = told.length === 0 ? fading.messages : told;
    return Promise.resolve("short");
  });
  expect(told.slice(1, 3).map(({ content }) => content)).toEqual([
    [{ type: "text", text: '[called clock with {"zone":"UTC"}]' }],
    [{ type: "text", text: "noon" }],
  ]);
});
