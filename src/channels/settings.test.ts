import { expect, test } from "bun:test";
import { Type } from "@sinclair/typebox";
import { check, type Findings } from "#src/config/check.ts";
import { parseTree } from "#src/config/json5-tree.ts";
import { channelsSchema } from "./settings.ts";

const schema = channelsSchema({ telegram: { botToken: Type.Optional(Type.String({ minLength: 1 })) } });

function read(text: string) {
  const findings: Findings = { problems: [], warnings: [] };
  const value = check(schema, parseTree({ name: "moltbot.json", text }), ["channels"], findings);
  const messages = (found: Findings["problems"]) => found.map(({ message }) => message);
  return { value, problems: messages(findings.problems), warnings: messages(findings.warnings) };
}

test("common and own settings are taken, in the channel and in each account; nothing is filled in", () => {
  const telegram = {
    botToken: "1:a",
    allowFrom: [4711, "815"],
    groups: { "-100": { requireMention: false }, "*": {} },
    accounts: { work: { botToken: "2:b", proxy: "http://127.0.0.1:1", streamMode: "off" } },
  };
  const { value, problems, warnings } = read(JSON.stringify({ telegram, defaults: { groupPolicy: "open" } }));
  expect({ problems, warnings }).toEqual({ problems: [], warnings: [] });
  expect(value).toEqual({ telegram, defaults: { groupPolicy: "open" } });
});

test("a key that nobody knows is a warning, a wrong value a problem with its path", () => {
  const { problems, warnings } = read(
    '{telegram: {botTokn: "1:a", dmPolicy: "all", accounts: {work: {botToken: ""}}}}',
  );
  expect(warnings).toEqual(["channels.telegram.botTokn is not a known key; did you mean botToken?"]);
  expect(problems).toEqual([
    'channels.telegram.dmPolicy must be one of pairing, allowlist, open, disabled, not "all"',
    expect.stringContaining("channels.telegram.accounts.work.botToken must be"),
  ]);
});

test("a channel that this build does not have is kept as it is, whatever stands there", () => {
  const matrix = { anything: { at: ["all"] }, dmPolicy: 5 };
  const { value, problems, warnings } = read(JSON.stringify({ matrix }));
  expect({ value, problems, warnings }).toEqual({ value: { matrix }, problems: [], warnings: [] });
});
