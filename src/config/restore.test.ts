import { expect, test } from "bun:test";
import { redacted, redactedText } from "./redact.ts";
import { restored, restoredText, secretive } from "./restore.ts";

const parsed = {
  hooks: { token: "hook-0123456789" },
  agents: {
    list: [
      { id: "a", tools: { apiKey: "key-of-a-0123" } },
      { id: "b", tools: { apiKey: "key-of-b-0123" } },
    ],
  },
  models: { providers: { p: { baseUrl: "https://me:pw-0123456789@host/v1" } } },
};

test("what is shown without secrets is the original again, also where only a part of a text is hidden", () => {
  const shown = redacted(parsed);
  expect(JSON.stringify(shown)).not.toMatch(/0123/);
  expect(restored(shown, secretive(parsed))).toEqual(parsed);
});

test("an item of a list keeps its secret wherever it stands, and never gets another's", () => {
  const [a, b] = redacted(parsed).agents.list;
  const [realA, realB] = parsed.agents.list;
  expect(restored({ agents: { list: [b] } }, secretive(parsed))).toEqual({ agents: { list: [realB] } });
  expect(restored({ agents: { list: [b, a] } }, secretive(parsed))).toEqual({
    agents: { list: [realB, realA] },
  });
  const renamed = { agents: { list: [{ ...a, id: "c" }] } };
  expect(() => restored(renamed, secretive(parsed))).toThrow("agents.list[0].tools.apiKey is [redacted]");
});

test("a text keeps its form, and its comments get their secrets back", () => {
  const text = `{
  // token: "former-0123456789"
  hooks: { token: 'hook-0123456789' }, /* apiKey = 'other-0123456789' */
}`;
  const shown = redactedText(text) ?? "";
  expect(shown).not.toMatch(/0123/);
  expect(restoredText(shown, secretive({ hooks: { token: "hook-0123456789" } }), text)).toBe(
    text.replace("'hook-0123456789'", '"hook-0123456789"'),
  );
});
