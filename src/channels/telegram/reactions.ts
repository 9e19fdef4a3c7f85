import type { ReactionTypeEmoji } from "grammy/types";

type Emoji = ReactionTypeEmoji["emoji"];

/** Every emoji that a bot may react with. */
export const allowedReactions: ReadonlySet<string> = new Set<Emoji>([
  ...([
    "👍",
    "👎",
    "❤",
    "🔥",
    "🥰",
    "👏",
    "😁",
    "🤔",
    "🤯",
    "😱",
    "🤬",
    "😢",
    "🎉",
    "🤩",
    "🤮",
    "💩",
  ] as const),
  ...([
    "🙏",
    "👌",
    "🕊",
    "🤡",
    "🥱",
    "🥴",
    "😍",
    "🐳",
    "❤‍🔥",
    "🌚",
    "🌭",
    "💯",
    "🤣",
    "⚡",
    "🍌",
    "🏆",
  ] as const),
  ...([
    "💔",
    "🤨",
    "😐",
    "🍓",
    "🍾",
    "💋",
    "🖕",
    "😈",
    "😴",
    "😭",
    "🤓",
    "👻",
    "👨‍💻",
    "👀",
    "🎃",
    "🙈",
  ] as const),
  ...([
    "😇",
    "😨",
    "🤝",
    "✍",
    "🤗",
    "🫡",
    "🎅",
    "🎄",
    "☃",
    "💅",
    "🤪",
    "🗿",
    "🆒",
    "💘",
    "🙉",
    "🦄",
  ] as const),
  ...(["😘", "💊", "🙊", "😎", "👾", "🤷‍♂", "🤷", "🤷‍♀", "😡"] as const),
]);

/** What says nearly the same, for emoji that people ask for often. */
const near: Readonly<Record<string, Emoji>> = {
  "✅": "👌",
  "☑": "👌",
  "✔": "👌",
  "🆗": "👌",
  "❌": "👎",
  "🚫": "👎",
  "⛔": "👎",
  "⏳": "👀",
  "⌛": "👀",
  "👁": "👀",
  "🔍": "👀",
  "🔎": "👀",
  "⚙": "👨‍💻",
  "🛠": "👨‍💻",
  "🔧": "👨‍💻",
  "💻": "👨‍💻",
  "🤖": "👾",
  "🚀": "🔥",
  "✨": "🔥",
  "⭐": "🏆",
  "🌟": "🏆",
  "🥇": "🏆",
  "😂": "🤣",
  "😆": "😁",
  "😄": "😁",
  "😀": "😁",
  "😃": "😁",
  "😊": "🥰",
  "🙂": "🥰",
  "☺": "🥰",
  "😉": "😎",
  "💪": "👏",
  "🙌": "👏",
  "👋": "🤗",
  "🥳": "🎉",
  "🎊": "🎉",
  "💡": "🤔",
  "❓": "🤔",
  "🧐": "🤨",
  "😮": "🤯",
  "😲": "🤯",
  "😳": "😱",
  "😞": "😢",
  "☹": "😢",
  "🙁": "😢",
  "⚠": "😨",
  "💙": "❤",
  "💚": "❤",
  "💛": "❤",
  "🧡": "❤",
  "💜": "❤",
  "🖤": "❤",
  "🤍": "❤",
  "📝": "✍",
  "🦞": "👀",
  "🦀": "👀",
};

/** The emoji itself, or the allowed one that says nearly the same; null where there is none. */
export function reactionFor(emoji: string): Emoji | null {
  const plain = bare(emoji);
  if (isAllowed(plain)) return plain;
  const toneless = plain.replace(/[\u{1F3FB}-\u{1F3FF}]/gu, "");
  if (isAllowed(toneless)) return toneless;
  return near[toneless] ?? null;
}

function isAllowed(emoji: string): emoji is Emoji {
  return allowedReactions.has(emoji);
}

/** Without the mark that asks for the coloured form: Telegram's list has none. */
function bare(emoji: string): string {
  return emoji.trim().replaceAll("\uFE0F", "");
}
