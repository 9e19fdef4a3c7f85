import { expect, test } from "bun:test";
import { type PolicyConfig, policyKeys, policyProblem, resolvePolicy } from "./policy.ts";
import { policyProperties } from "./settings.ts";

function config(
  channels: PolicyConfig["channels"],
  messages: Partial<PolicyConfig["messages"]> = {},
): PolicyConfig {
  return {
    channels,
    messages: {
      queue: { mode: "collect", debounceMs: 1_000, cap: 20 },
      ackReactionScope: "group-mentions",
      ...messages,
    },
    agents: { defaults: {} },
    session: {},
  };
}

test("where nothing is said, strangers need a code, groups an allowlist, and nobody else is let in", () => {
  expect(resolvePolicy(config({}), "telegram", "default")).toEqual({
    dmPolicy: "pairing",
    allowFrom: [],
    groupPolicy: "allowlist",
    groupAllowFrom: [],
    groups: {},
    mentionPatterns: [],
    historyLimit: 50,
    queue: { mode: "collect", debounceMs: 1_000, cap: 20 },
    ackReaction: "👀",
    ackScope: "group-mentions",
    removeAck: false,
    typing: { from: "instant" },
    streaming: "partial",
    replyTo: "first",
    mediaMaxMb: 20,
    allowBots: false,
  });
});

test("the account counts before its channel, and that before the defaults of all", () => {
  const channels = {
    defaults: { groupPolicy: "disabled", historyLimit: 7, dmPolicy: "allowlist" },
    telegram: {
      groupPolicy: "open",
      allowFrom: [1],
      accounts: { work: { allowFrom: [2, "telegram:3"], replyToMode: "off" } },
    },
  } as const;
  const work = resolvePolicy(config(channels as never), "telegram", "work");
  expect(work).toMatchObject({
    dmPolicy: "allowlist",
    groupPolicy: "open",
    historyLimit: 7,
    allowFrom: ["2", "3"],
    groupAllowFrom: ["2", "3"],
    replyTo: "off",
  });
  expect(resolvePolicy(config(channels as never), "telegram", "home")).toMatchObject({
    allowFrom: ["1"],
    replyTo: "first",
  });
});

test("the other spelling of the direct policy counts on its own level", () => {
  const dm = { policy: "open", allowFrom: ["*"] } as const;
  const slack = { dm: { ...dm, allowFrom: ["*"] }, accounts: { a: { dmPolicy: "disabled" } } } as const;
  expect(resolvePolicy(config({ slack } as never), "slack", "default")).toMatchObject({
    dmPolicy: "open",
    allowFrom: ["*"],
  });
  expect(resolvePolicy(config({ slack } as never), "slack", "a").dmPolicy).toBe("disabled");
});

test("a policy that lets everybody in must name everybody", () => {
  const said = (section: object) =>
    policyProblem(resolvePolicy(config({ x: section } as never), "x", "default"));
  expect(said({ dmPolicy: "open", allowFrom: ["4711"] })).toMatchObject({
    en: expect.stringContaining('needs "*" in allowFrom'),
  });
  expect(said({ dmPolicy: "open", allowFrom: ["*"] })).toBeNull();
  expect(said({})).toBeNull();
});

test("groups keep what they say, with exact ids", () => {
  const groups = { "telegram:-100": { allowFrom: [5], requireMention: false }, "*": { enabled: false } };
  expect(resolvePolicy(config({ telegram: { groups } }), "telegram", "x").groups).toEqual({
    "-100": { allowFrom: ["5"], requireMention: false },
    "*": { enabled: false },
  });
});

test("messages.* fills in what the channel leaves open", () => {
  const all = config(
    { telegram: { ackReaction: "" } },
    {
      responsePrefix: "[bot]",
      groupChat: { mentionPatterns: ["molty"], historyLimit: 9 },
      queue: {
        mode: "collect",
        byChannel: { telegram: "steer+backlog" },
        debounceMs: 5,
        debounceMsByChannel: { telegram: 6 },
        cap: 3,
      },
      ackReaction: "🦞",
      ackReactionScope: "all",
    },
  );
  expect(resolvePolicy(all, "telegram", "default")).toMatchObject({
    textPrefix: "[bot]",
    mentionPatterns: ["molty"],
    historyLimit: 9,
    queue: { mode: "steer", debounceMs: 6, cap: 3 },
    ackReaction: null,
    ackScope: "all",
  });
  expect(resolvePolicy(all, "discord", "default")).toMatchObject({
    queue: { mode: "collect", debounceMs: 5 },
    ackReaction: "🦞",
  });
});

test("every policy in the schema is read for each message, so that its change restarts no account", () => {
  expect(new Set<string>(policyKeys)).toEqual(new Set(Object.keys(policyProperties)));
});
