import { expect, test } from "bun:test";
import { settledPart, stopsOf, untilStop } from "./stop.ts";

test("a text ends before the first of its stops", () => {
  expect(untilStop("one two three", ["three", "two"])).toBe("one ");
  expect(untilStop("one", ["two"])).toBe("one");
  expect(untilStop("one", [])).toBe("one");
  expect(stopsOf(undefined)).toEqual([]);
  expect(stopsOf("END")).toEqual(["END"]);
});

test("what may become a stop waits, and however a text grows nothing of a stop is told", () => {
  expect(settledPart("one E", ["END"])).toBe("one ");
  expect(settledPart("one EX", ["END"])).toBe("one EX");
  expect(settledPart("one END two", ["END"])).toBe("one ");
  const text = "aab abab aabaab!";
  for (const stops of [["aabaa"], ["ab a", "!"], ["zz"]]) {
    let told = "";
    for (let length = 1; length <= text.length; length += 1) {
      const part = settledPart(text.slice(0, length), stops);
      if (part.length > told.length) told = part;
      expect(untilStop(text, stops)).toStartWith(told);
    }
  }
});
