import { describe, expect, test } from "bun:test";
import type { AccountPolicy } from "#src/channels/policy.ts";
import { type Admission, type Asking, admit, type Standing } from "./admit.ts";

const policy: AccountPolicy = {
  dmPolicy: "pairing",
  allowFrom: [],
  groupPolicy: "allowlist",
  groupAllowFrom: [],
  groups: {},
  mentionPatterns: [],
  historyLimit: 50,
  queue: { mode: "collect", debounceMs: 0, cap: 20 },
  ackReaction: null,
  ackScope: "off",
  removeAck: false,
  typing: { from: "instant" },
  streaming: "off",
  replyTo: "off",
  mediaMaxMb: 5,
  allowBots: false,
};
const nobody: Standing = { approved: false, owner: false };
const ada = { id: "100", isBot: false };
const direct: Asking = {
  conversation: { kind: "direct", id: "100" },
  sender: ada,
  text: "hello",
  mentionsUs: "no",
  isCommand: false,
};
const group: Asking = { ...direct, conversation: { kind: "group", id: "-5" } };
const addressed: Asking = { ...group, mentionsUs: "explicit" };

const shown = (admission: Admission): string => {
  if (admission.is === "refused") return admission.reason;
  return admission.is === "admitted" ? (admission.owner ? "owner" : "admitted") : admission.is;
};

type Case = [
  why: string,
  asking: Asking,
  policy: Partial<AccountPolicy>,
  standing: Partial<Standing>,
  string,
];

function table(cases: Case[]): void {
  for (const [why, asking, changes, standing, expected] of cases) {
    test(why, () => {
      expect(shown(admit(asking, { ...policy, ...changes }, { ...nobody, ...standing }))).toBe(expected);
    });
  }
}

describe("direct chats", () => {
  const other = { ...direct, sender: { id: "LID:9", otherIds: ["+49123", ""], isBot: false } };
  table([
    ["a stranger asks to be let in", direct, {}, {}, "pairing"],
    ["who was let in may write", direct, {}, { approved: true }, "admitted"],
    ["who was let in first owns the account", direct, {}, { approved: true, owner: true }, "owner"],
    ["the config's people own the account", direct, { allowFrom: ["100"] }, {}, "owner"],
    ["an open list lets in and owns nothing", direct, { allowFrom: ["*"] }, {}, "admitted"],
    ["an allowlist is silent to strangers", direct, { dmPolicy: "allowlist" }, {}, "sender not listed"],
    ["an allowlist knows who was let in", direct, { dmPolicy: "allowlist" }, { approved: true }, "admitted"],
    ["open lets everybody in", direct, { dmPolicy: "open" }, {}, "admitted"],
    [
      "disabled lets nobody in",
      direct,
      { dmPolicy: "disabled", allowFrom: ["100", "*"] },
      { approved: true },
      "direct messages are off",
    ],
    [
      "an empty id is nobody",
      { ...direct, sender: { id: " ", isBot: false } },
      { dmPolicy: "open" },
      {},
      "no sender",
    ],
    ["an empty entry matches nobody", { ...other }, { allowFrom: ["", " "] }, {}, "pairing"],
    ["a part of an id matches nobody", direct, { allowFrom: ["10", "1000", "00", "+100"] }, {}, "pairing"],
    ["another of the person's ids matches", other, { allowFrom: ["+49 (12) 3"] }, {}, "owner"],
    [
      "a name is no id",
      { ...direct, sender: { ...ada, name: "boss", username: "boss" } as Asking["sender"] },
      { allowFrom: ["boss", "@boss"] },
      {},
      "pairing",
    ],
    [
      "a bot is not answered",
      { ...direct, sender: { ...ada, isBot: true } },
      { dmPolicy: "open" },
      { approved: true },
      "bot",
    ],
    [
      "a bot is, where bots are allowed",
      { ...direct, sender: { ...ada, isBot: true } },
      { dmPolicy: "open", allowBots: true },
      {},
      "admitted",
    ],
  ]);
});

describe("groups", () => {
  const open = { groupPolicy: "open" } as const;
  table([
    ["nobody may speak by default", addressed, {}, {}, "sender not listed"],
    [
      "being let into direct chats gives nothing in a group",
      addressed,
      {},
      { approved: true, owner: true },
      "sender not listed",
    ],
    ["a listed sender may", addressed, { groupAllowFrom: ["100"] }, {}, "admitted"],
    ["disabled", addressed, { groupPolicy: "disabled", groupAllowFrom: ["*"] }, {}, "groups are off"],
    ["open", addressed, open, {}, "admitted"],
    ["what is not said to us stands beside", group, open, {}, "beside"],
    ["a reply to us is said to us", { ...group, mentionsUs: "reply" }, open, {}, "admitted"],
    [
      "a name of ours is, too",
      { ...group, text: "hey Molty!" },
      { ...open, mentionPatterns: ["\\bmolty\\b"] },
      {},
      "admitted",
    ],
    ["a pattern that is none matches nothing", group, { ...open, mentionPatterns: ["("] }, {}, "beside"],
    [
      "no mention is needed where the group says so",
      group,
      { ...open, groups: { "-5": { requireMention: false } } },
      {},
      "admitted",
    ],
    ["or every group", group, { ...open, groups: { "*": { requireMention: false } } }, {}, "admitted"],
    ["or the session", group, open, { activation: "always" }, "admitted"],
    [
      "a channel that is listed speaks for its admins",
      { ...group, conversation: { kind: "channel", id: "-9" }, sender: { id: "-9", isBot: false } },
      {
        ...open,
        groupPolicy: "allowlist",
        groupAllowFrom: ["1"],
        groups: { "-9": { requireMention: false } },
      },
      {},
      "admitted",
    ],
    [
      "a group's anonymous admin does not by that",
      { ...group, conversation: { kind: "group", id: "-9" }, sender: { id: "-9", isBot: false } },
      {
        ...open,
        groupPolicy: "allowlist",
        groupAllowFrom: ["1"],
        groups: { "-9": { requireMention: false } },
      },
      {},
      "sender not listed",
    ],
    [
      "where the session wants a mention, it is needed whatever the config says",
      group,
      { ...open, groups: { "-5": { requireMention: false } } },
      { activation: "mention" },
      "beside",
    ],
    [
      "a map of groups is a list of them",
      addressed,
      { ...open, groups: { "-6": {} } },
      {},
      "group not listed",
    ],
    [
      "a group that is switched off",
      addressed,
      { ...open, groups: { "-5": { enabled: false } } },
      {},
      "group switched off",
    ],
    [
      "a group's own list counts before the common one",
      addressed,
      { groupAllowFrom: ["100"], groups: { "-5": { allowFrom: ["7"] } } },
      {},
      "sender not listed",
    ],
    [
      "a group listed by its id is a list where there is none of people",
      addressed,
      { groups: { "-5": {} } },
      {},
      "admitted",
    ],
    ["every group is not", addressed, { groups: { "*": {} } }, {}, "sender not listed"],
    [
      "a group that moved is still the one in the config",
      { ...addressed, formerIds: ["-4"] },
      { ...open, groups: { "-4": {} } },
      {},
      "admitted",
    ],
    [
      "the owner's command needs no mention",
      { ...group, isCommand: true },
      { ...open, allowFrom: ["100"] },
      {},
      "owner",
    ],
    ["anybody else's does", { ...group, isCommand: true }, open, {}, "beside"],
    [
      "a property of all objects is no group",
      { ...addressed, conversation: { kind: "group", id: "constructor" } },
      { ...open, groups: { "-6": {} } },
      {},
      "group not listed",
    ],
  ]);
});
