import { expect, test } from "bun:test";
import { conversationOf, conversationText } from "./conversation.ts";

test("a conversation survives being written down, whatever its ids are made of", () => {
  const refs = [
    { kind: "direct", id: "4711" },
    { kind: "group", id: "-100", thread: "12" },
    { kind: "channel", id: "a/b%c d", thread: "x/y" },
  ] as const;
  for (const ref of refs) expect(conversationOf(conversationText(ref))).toEqual(ref);
});

test("what was never written is no conversation", () => {
  for (const text of ["", "direct", "direct/", "room/1", "direct/1/2/3"])
    expect(conversationOf(text)).toBeNull();
});
