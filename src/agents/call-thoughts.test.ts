import { expect, test } from "bun:test";
import { createCallThoughts } from "./call-thoughts.ts";

const thought = (text: string) => ({ id: "0", reasoning: { name: "reasoning_content", text } });

test("a thought belongs to one call of one server, whatever the server calls it", () => {
  const thoughts = createCallThoughts();
  const one = thoughts.keep("a m", thought("first"));
  const other = thoughts.keep("a m", thought("second"));
  expect(one).toMatch(/^call_[0-9a-f]{32}$/);
  expect(thoughts.of("a m", one)).toEqual(thought("first"));
  expect(thoughts.of("a m", other)).toEqual(thought("second"));
  expect(thoughts.of("b m", one)).toBeNull();
  expect(thoughts.of("a m", "0")).toBeNull();
});

test("the oldest are forgotten where they become too many", () => {
  const thoughts = createCallThoughts(1_000);
  const ids = Array.from({ length: 4 }, () => thoughts.keep("m", thought("x".repeat(300))));
  expect(ids.map((id) => thoughts.of("m", id) !== null)).toEqual([false, false, true, true]);
  const huge = thoughts.keep("m", thought("w".repeat(2_000)));
  expect(thoughts.of("m", huge)).toBeNull();
});
