import { expect, test } from "bun:test";
import type { EventName } from "#protocol";
import { createEventBus } from "#src/lib/bus.ts";
import { type Beat, createBeat } from "./beat.ts";
import { createVoice } from "./voice.ts";

test("a tool is told to all under the key that was asked for, and to subscribers under the session's own", () => {
  const bus = createEventBus();
  const told: { event: EventName; payload: unknown; isDelta: boolean }[] = [];
  bus.listen((event, payload, { delta }) => told.push({ event, payload, isDelta: delta === true }));
  const voice = createVoice({
    runId: "r",
    sessionKey: "main",
    key: "agent:main:main",
    bus,
    beat: createBeat(),
    now: () => 7,
  });
  voice.tool({ t: "tool", id: "call", name: "clock", state: "call", args: { zone: "UTC" } });
  voice.tool({ t: "tool", id: "call", name: "clock", state: "running" });
  const common = { runId: "r", ts: 7, stream: "tool" };
  const start = {
    ...common,
    seq: 1,
    data: { phase: "start", name: "clock", toolCallId: "call", args: { zone: "UTC" } },
  };
  const update = { ...common, seq: 2, data: { phase: "update", name: "clock", toolCallId: "call" } };
  expect(told).toEqual([
    { event: "agent", payload: { ...start, sessionKey: "main" }, isDelta: false },
    { event: "session.tool", payload: { ...start, sessionKey: "agent:main:main" }, isDelta: false },
    { event: "agent", payload: { ...update, sessionKey: "main" }, isDelta: false },
    { event: "session.tool", payload: { ...update, sessionKey: "agent:main:main" }, isDelta: true },
  ]);
});

test("a long text is told less often, and whole at the end", () => {
  const bus = createEventBus();
  const told: number[] = [];
  bus.listen((event, payload) => {
    if (event === "chat" && "deltaText" in payload) told.push(payload.deltaText.length);
  });
  const speakers = new Set<{ speak(): boolean }>();
  const beat: Beat = {
    add: (speaker, urgent) => void (urgent ? speaker.speak() : speakers.add(speaker)),
    remove: (speaker) => void speakers.delete(speaker),
    close: () => {},
  };
  const strike = () => speakers.forEach((speaker) => void (speaker.speak() && speakers.delete(speaker)));
  let at = 1_000;
  const voice = createVoice({
    runId: "r",
    sessionKey: "main",
    key: "agent:main:main",
    bus,
    beat,
    now: () => at,
  });
  voice.text("x".repeat(40_000));
  voice.text("y".repeat(10));
  at += 75;
  strike();
  expect(told).toEqual([40_000]);
  voice.text("z".repeat(5));
  at += 75;
  strike();
  expect(told).toEqual([40_000, 15]);
  voice.text("end");
  voice.finished(null, 1_000, at);
  expect(told).toEqual([40_000, 15, 3]);
  expect(speakers.size).toBe(0);
});
