import type { Message, MessageEntity } from "grammy/types";

/** What of the formatting is worth telling the reader of plain text, as in Markdown. */
const marks: Partial<Record<MessageEntity["type"], readonly [string, string]>> = {
  bold: ["**", "**"],
  italic: ["_", "_"],
  strikethrough: ["~~", "~~"],
  spoiler: ["||", "||"],
  code: ["`", "`"],
};

/** What a message says: its text or caption, else one line on what it is in place of text. */
export function textOf(message: Message): string {
  const text = message.text ?? message.caption;
  if (text !== undefined) return marked(text, message.entities ?? message.caption_entities ?? []);
  if (message.contact) {
    const { first_name, last_name, phone_number } = message.contact;
    return `[contact: ${[first_name, last_name].filter(Boolean).join(" ")}, ${phone_number}]`;
  }
  if (message.dice) return `[${message.dice.emoji} ${message.dice.value}]`;
  if (message.poll) {
    const options = message.poll.options.map(({ text }) => text).join(" / ");
    return `[poll: ${message.poll.question} — ${options}]`;
  }
  if (message.venue) return `[venue: ${message.venue.title}, ${message.venue.address}]`;
  if (message.location) return `[location: ${message.location.latitude}, ${message.location.longitude}]`;
  if (message.sticker?.emoji) return `[sticker: ${message.sticker.emoji}]`;
  if (message.checklist) {
    const tasks = message.checklist.tasks.map(({ text, completion_date }) =>
      completion_date ? `☑ ${text}` : `☐ ${text}`,
    );
    return [`[checklist: ${message.checklist.title}]`, ...tasks].join("\n");
  }
  if (message.story) return "[story]";
  if (message.game) return `[game: ${message.game.title}]`;
  if (message.paid_media) return "[paid media]";
  return "";
}

/** The entities that lie in a message's text, with the text of each. */
export function entitiesOf(message: Message): { entity: MessageEntity; text: string }[] {
  const text = message.text ?? message.caption ?? "";
  const entities = message.entities ?? message.caption_entities ?? [];
  return entities.map((entity) => ({
    entity,
    text: text.slice(entity.offset, entity.offset + entity.length),
  }));
}

/** Puts the marks around what they hold for: what opens first closes last. */
function marked(text: string, entities: readonly MessageEntity[]): string {
  const before = new Map<number, string>();
  const after = new Map<number, string>();
  const inOrder = [...entities].sort((one, other) => one.offset - other.offset || other.length - one.length);
  for (const entity of inOrder) {
    const [open, close] = around(entity);
    if (open === "" && close === "") continue;
    // A mark that stands before a space or at the start of a line would mark nothing there.
    const inside = text.slice(entity.offset, entity.offset + entity.length);
    const isBlock = entity.type === "pre";
    const start = entity.offset + (isBlock ? 0 : inside.length - inside.trimStart().length);
    const end = entity.offset + (isBlock ? inside.length : inside.trimEnd().length);
    if (end <= start) continue;
    before.set(start, (before.get(start) ?? "") + open);
    after.set(end, close + (after.get(end) ?? ""));
  }
  const places = [...new Set([0, ...before.keys(), ...after.keys(), text.length])].sort((a, b) => a - b);
  return places
    .map((place, index) => {
      const next = places[index + 1] ?? text.length;
      return (after.get(place) ?? "") + (before.get(place) ?? "") + text.slice(place, next);
    })
    .join("");
}

function around(entity: MessageEntity): readonly [string, string] {
  if (entity.type === "pre") return [`\`\`\`${entity.language ?? ""}\n`, "\n```"];
  if (entity.type === "text_link") return ["[", `](${entity.url})`];
  return marks[entity.type] ?? ["", ""];
}
