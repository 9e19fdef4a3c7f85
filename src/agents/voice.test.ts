import { expect, test } from "bun:test";
import type { EventName } from "#protocol";
import { createEventBus } from "#src/lib/bus.ts";
import { createBeat } from "./beat.ts";
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
