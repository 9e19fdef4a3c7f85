import { expect, test } from "bun:test";
import { createScrubber } from "./scrub.ts";

const scrub = createScrubber({ secrets: ["s3cret+of/mine"], home: "/home/me", user: "nobody" });

test("a secret goes in whatever form it was written down", () => {
  const forms = [
    "s3cret+of/mine",
    encodeURIComponent("s3cret+of/mine"),
    Buffer.from("s3cret+of/mine").toString("base64"),
    Buffer.from("s3cret+of/mine").toString("base64url"),
  ];
  for (const form of forms) {
    const { text, taken } = scrub(`before ${form} after`);
    expect([form, text.includes(form), taken.secrets]).toEqual([form, false, 1]);
    expect(text).toMatch(/^before \S+ after$/);
  }
});
