import { expect, test } from "bun:test";
import { argumentsOf, type CallPart, createCallCollector } from "./tool-calls.ts";

function callsOf(...parts: CallPart[]) {
  const calls = createCallCollector();
  for (const part of parts) calls.add(part);
  return calls.take().flatMap((piece) => (piece.t === "call" ? [piece.call] : []));
}

const fresh = expect.stringMatching(/^call_[0-9a-f]{32}$/);

test("the parts of parallel calls are told apart by their number", () => {
  const calls = callsOf(
    { index: 0, id: "a", name: "clock", arguments: "" },
    { index: 1, id: "b", name: "weather", arguments: '{"ci' },
    { index: 0, arguments: '{"zone":' },
    { index: 1, arguments: 'ty":"Bonn"}' },
    { index: 0, arguments: '"UTC"}' },
  );
  expect(calls).toEqual([
    { id: "a", name: "clock", arguments: '{"zone":"UTC"}' },
    { id: "b", name: "weather", arguments: '{"city":"Bonn"}' },
  ]);
});

test("servers that number every call 0, or none, send each as a whole", () => {
  expect(
    callsOf(
      { index: 0, id: "a", name: "clock", arguments: "{}" },
      { index: 0, id: "b", name: "clock", arguments: "{}" },
    ).map(({ id }) => id),
  ).toEqual(["a", "b"]);
  const nameless = callsOf(
    { name: "clock", arguments: { zone: "UTC" } },
    { name: "clock", arguments: { zone: "CET" } },
  );
  expect(nameless).toEqual([
    { id: fresh, name: "clock", arguments: '{"zone":"UTC"}' },
    { id: fresh, name: "clock", arguments: '{"zone":"CET"}' },
  ]);
  expect(nameless[0]?.id).not.toBe(nameless[1]?.id);
});

test("a name and an id that come with every part are one call's", () => {
  const part = { index: 0, id: "a", name: "clock" };
  expect(callsOf({ ...part, arguments: '{"zone"' }, { ...part, arguments: ':"UTC"}' })).toEqual([
    { id: "a", name: "clock", arguments: '{"zone":"UTC"}' },
  ]);
});

test("ids that are missing or doubled are replaced, and what has no name is no call", () => {
  const calls = callsOf(
    { index: 0, id: "a", name: "clock" },
    { index: 1, id: "a", name: "clock", arguments: null },
    { index: 2, id: "", name: "clock" },
    { index: 3, id: "c", arguments: "{}" },
    { index: 4, name: 7 },
  );
  expect(calls).toEqual([
    { id: "a", name: "clock", arguments: "{}" },
    { id: fresh, name: "clock", arguments: "{}" },
    { id: fresh, name: "clock", arguments: "{}" },
  ]);
});

test("arguments that are no object are kept as they came", () => {
  expect(argumentsOf({ arguments: '{"a":1}' })).toEqual({ a: 1 });
  expect(argumentsOf({ arguments: '{"a":' })).toEqual({ unparsed: '{"a":' });
  expect(argumentsOf({ arguments: "[1]" })).toEqual({ unparsed: "[1]" });
});
