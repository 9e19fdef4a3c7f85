import { describe, expect, test } from "bun:test";
import { type Arriving, type Binding, type RouteRules, route } from "./route.ts";

const rules: RouteRules = {
  bindings: [],
  hasAgent: (id) => ["main", "work", "home"].includes(id),
  keys: { defaultAgentId: "main", mainKey: "main", scope: "per-sender" },
  dmScope: "main",
  identityLinks: {},
};
const direct: Arriving = {
  channel: "telegram",
  account: "default",
  conversation: { kind: "direct", id: "100" },
  sender: { id: "100" },
  owner: true,
};
const group: Arriving = { ...direct, conversation: { kind: "group", id: "-5", space: "S1" } };
const bind = (agentId: string, match: Partial<Binding["match"]>): Binding => ({
  agentId,
  match: { channel: "telegram", ...match },
});

describe("which agent answers", () => {
  const peer = bind("work", { accountId: "*", peer: { kind: "group", id: "-5" } });
  const guild = bind("work", { guildId: "S1" });
  const team = bind("work", { teamId: "S1" });
  const account = bind("home", {});
  const any = bind("home", { accountId: "*" });
  const cases: [string, Binding[], Partial<Arriving>, string, string][] = [
    ["nobody is bound", [], {}, "main", "default"],
    ["the conversation counts first", [any, account, guild, peer], {}, "work", "binding.peer"],
    [
      "then what the account says of the group",
      [account, guild],
      { groupAgent: "home" },
      "home",
      "group.agent",
    ],
    ["then the server", [any, account, team, guild], {}, "work", "binding.guild"],
    ["then the workspace", [any, account, team], {}, "work", "binding.team"],
    ["then the account", [any, account], {}, "home", "binding.account"],
    ["then the channel", [any], {}, "home", "binding.channel"],
    ["no account named means the default one", [account], { account: "second" }, "main", "default"],
    ["another channel's bindings mean nothing", [bind("work", { channel: "slack" })], {}, "main", "default"],
    [
      "an agent that is gone is replaced by the default one",
      [bind("gone", {})],
      {},
      "main",
      "binding.account",
    ],
    [
      "a peer of another kind is another peer",
      [bind("work", { peer: { kind: "dm", id: "-5" } })],
      {},
      "main",
      "default",
    ],
    [
      "a person is meant by each of their ids",
      [bind("work", { peer: { kind: "dm", id: "+49" } })],
      { ...direct, sender: { id: "1", otherIds: ["+49"] } },
      "work",
      "binding.peer",
    ],
  ];
  for (const [why, bindings, changes, agentId, matchedBy] of cases) {
    test(why, () => {
      expect(route({ ...group, ...changes }, { ...rules, bindings })).toMatchObject({ agentId, matchedBy });
    });
  }
});

describe("the session", () => {
  const scoped = (dmScope: RouteRules["dmScope"]) => ({ ...rules, dmScope });
  const topic = { ...group.conversation, thread: "12", threadKind: "topic" as const };
  const cases: [string, Arriving, RouteRules, string][] = [
    ["the owner's direct chats are the main one", direct, rules, "agent:main:main"],
    ["nobody else's are", { ...direct, owner: false }, rules, "agent:main:telegram:dm:100"],
    ["per-peer", direct, scoped("per-peer"), "agent:main:dm:100"],
    ["per-channel-peer", direct, scoped("per-channel-peer"), "agent:main:telegram:dm:100"],
    [
      "per-account-channel-peer",
      direct,
      scoped("per-account-channel-peer"),
      "agent:main:telegram:default:direct:100",
    ],
    [
      "a linked person has one name",
      direct,
      { ...scoped("per-peer"), identityLinks: { Ada: ["telegram:100", "+49"] } },
      "agent:main:dm:ada",
    ],
    [
      "links mean nothing in the main session",
      direct,
      { ...rules, identityLinks: { Ada: ["100"] } },
      "agent:main:main",
    ],
    ["a group", group, rules, "agent:main:telegram:group:-5"],
    [
      "a channel",
      { ...group, conversation: { kind: "channel", id: "News" } },
      rules,
      "agent:main:telegram:channel:news",
    ],
    ["a forum's topic", { ...group, conversation: topic }, rules, "agent:main:telegram:group:-5:topic:12"],
    [
      "any other thread",
      { ...group, conversation: { ...topic, threadKind: "thread" } },
      rules,
      "agent:main:telegram:group:-5:thread:12",
    ],
    [
      "a thread in a direct chat",
      { ...direct, conversation: { ...direct.conversation, thread: "3" } },
      scoped("per-peer"),
      "agent:main:dm:100:thread:3",
    ],
    [
      "a group that moved keeps its session",
      { ...group, firstId: "-4" },
      rules,
      "agent:main:telegram:group:-4",
    ],
    ["one session for all", group, { ...rules, keys: { ...rules.keys, scope: "global" } }, "global"],
  ];
  for (const [why, arriving, with_, key] of cases) {
    test(why, () => expect(route(arriving, with_).key).toBe(key));
  }

  test("is one that a client can name, however long the platform's id is", () => {
    const { key } = route({ ...group, conversation: { kind: "group", id: "x".repeat(5_000) } }, rules);
    expect(key.length).toBeLessThan(200);
  });
});
