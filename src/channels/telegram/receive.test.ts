import { expect, test } from "bun:test";
import type { Update } from "grammy/types";
import { type Reader, receive } from "./receive.ts";
import samples from "./samples/updates.json";

const reader: Reader = {
  me: { id: 4711, username: "gate_bot" },
  now: 5,
  button: (data) => (data === "=yes" ? "yes" : null),
  poll: (id) =>
    id === "p" ? { conversation: { kind: "direct", id: "77" }, message: "9", options: ["a", "b"] } : null,
};
const ada = { id: "77", name: "Ada", isBot: false };
const privately = { kind: "direct", id: "77" };
const at = 1_700_000_001_000;

function read(name: keyof typeof samples) {
  return receive(samples[name] as unknown as Update, reader);
}

test("a message in a topic knows its topic, that it names us, and what it answers", () => {
  expect(read("topic message with mention and reply")).toEqual([
    {
      type: "message",
      id: "41",
      conversation: {
        kind: "group",
        id: "-1001234567890",
        thread: "7",
        threadKind: "topic",
        title: "Family",
      },
      sender: { id: "77", name: "Ada L", username: "ada", isBot: false },
      at,
      text: "hey @Gate_Bot look at this `code`",
      attachments: [],
      mentionsUs: "explicit",
      replyTo: { id: "40", text: "earlier", sender: "4711", isOurs: true },
    },
  ]);
});

test("the general topic of a forum is a thread; a chain of replies in a group is none", () => {
  expect(read("general topic")).toMatchObject([{ conversation: { thread: "1" } }]);
  const [event] = read("reply chain in an ordinary group");
  expect(event?.conversation).toEqual({ kind: "group", id: "-1009", title: "Work" });
});

test("what answers nothing in a topic does not answer us, although we opened the topic", () => {
  const [event] = read("first message of a topic's member");
  expect(event).toMatchObject({ mentionsUs: "no" });
  expect(event).not.toHaveProperty("replyTo");
});

test("a command is read with its arguments, and only if it is ours", () => {
  expect(read("reply chain in an ordinary group")).toMatchObject([
    { command: { name: "new", args: "now" }, mentionsUs: "explicit" },
  ]);
  expect(read("command for another bot")[0]).not.toHaveProperty("command");
});

test("an admin without a name is the group, not the bot that stands in for them", () => {
  expect(read("anonymous admin")).toMatchObject([{ sender: { id: "-1009", isBot: false } }]);
});

test("files come with the largest picture, their kind, and the album they belong to", () => {
  const image = { kind: "image", ref: "large", mimeType: "image/jpeg", bytes: 900 };
  expect(read("album photo")).toMatchObject([{ album: "13", text: "two of them", attachments: [image] }]);
  expect(read("voice")).toMatchObject([
    { text: "", attachments: [{ kind: "voice", ref: "v", bytes: 5000 }] },
  ]);
  expect(read("video sticker")).toMatchObject([
    { text: "[sticker: 👍]", attachments: [{ kind: "sticker", mimeType: "video/webm" }] },
  ]);
});

test("a venue is a place with a name, and a forward says from whom", () => {
  const location = { latitude: 52.5, longitude: 13.4, name: "Cafe" };
  expect(read("forwarded venue")).toMatchObject([{ location, forwardedFrom: "Somebody" }]);
});

test("a group that goes on under another id says which", () => {
  const to = { kind: "group", id: "-1001111111111" };
  expect(read("migration")).toMatchObject([{ type: "moved", conversation: { id: "-55" }, to }]);
});

test("being thrown out is told", () => {
  expect(read("kicked")).toMatchObject([{ type: "membership", who: "us", became: "gone", sender: ada }]);
});

test("a changed reaction is one taken back and one given", () => {
  const common = { type: "reaction", id: "46", conversation: privately, sender: ada, at };
  expect(read("reaction changed")).toEqual([
    { ...common, emoji: "👍", added: false },
    { ...common, emoji: "🔥", added: true },
  ] as ReturnType<typeof receive>);
});

test("formatting is marked, what opens first closes last", () => {
  expect(read("nested formatting")).toMatchObject([
    { text: "**all bold, _one_** [link](https://example.org/)\n```js\nlet x\n```" },
  ]);
});

test("our own message is nothing, so that the agent never answers itself", () => {
  expect(read("our own message")).toEqual([]);
});

test("a live location that moves is no edit", () => {
  expect(read("live location moved")).toEqual([]);
});

test("a vote is told with the words of its options; one in another's poll is nothing", () => {
  const vote = (poll_id: string) =>
    ({
      update_id: 1,
      poll_answer: { poll_id, user: { id: 77, is_bot: false, first_name: "Ada" }, option_ids: [1] },
    }) as unknown as Update;
  expect(receive(vote("p"), reader)).toMatchObject([
    { type: "vote", id: "9", options: ["b"], sender: ada, at: 5 },
  ]);
  expect(receive(vote("q"), reader)).toEqual([]);
});
