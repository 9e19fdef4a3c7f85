/** An entity as Telegram finds it in a text. */
export interface Entity {
  type: string;
  offset: number;
  length: number;
  url?: string;
  language?: string;
}

const types: Record<string, string> = {
  ...{ b: "bold", strong: "bold", i: "italic", em: "italic", u: "underline", ins: "underline" },
  ...{ s: "strikethrough", strike: "strikethrough", del: "strikethrough", "tg-spoiler": "spoiler" },
  ...{ code: "code", pre: "pre", a: "text_link", blockquote: "blockquote" },
};
const named: Record<string, string> = { lt: "<", gt: ">", amp: "&", quot: '"' };
/** Nothing may stand inside these, and they stand inside nothing that is monospace. */
const leaves = new Set(["code", "pre"]);

/** Reads Telegram's HTML as strictly as Telegram's documentation has it; throws what the Bot API would say. */
export function readHtml(html: string): { text: string; entities: Entity[] } {
  const open: (Entity & { tag: string })[] = [];
  const entities: Entity[] = [];
  let text = "";
  let at = 0;
  while (at < html.length) {
    const character = html.charAt(at);
    if (character === "&") {
      const [whole, name = ""] = /^&(#x?[0-9a-fA-F]+|[a-z]+);/.exec(html.slice(at)) ?? [];
      const value = name.startsWith("#")
        ? String.fromCodePoint(Number(name.replace("#x", "0x").replace("#", "")))
        : named[name];
      text += value ?? "&";
      at += value === undefined || whole === undefined ? 1 : whole.length;
      continue;
    }
    if (character === ">") refuse(`unescaped ">" at byte offset ${offset(html, at)}`);
    if (character !== "<") {
      text += character;
      at++;
      continue;
    }
    const tag = /^<(\/?)([a-z][a-z-]*)((?:\s+[a-z-]+="[^"<>]*")*)\s*>/.exec(html.slice(at));
    if (tag === null) return refuse(`Unsupported start tag at byte offset ${offset(html, at)}`);
    const [whole, slash, name = "", attributes = ""] = tag;
    const type = types[name];
    if (type === undefined)
      return refuse(`Unsupported start tag "${name}" at byte offset ${offset(html, at)}`);
    if (slash === "/") {
      const last = open.pop();
      if (last?.tag !== name) {
        return refuse(`Unmatched end tag at byte offset ${offset(html, at)}, expected "</${last?.tag}>"`);
      }
      const { tag: _, ...entity } = last;
      entity.length = text.length - entity.offset;
      if (entity.length > 0 && !(name === "code" && open.at(-1)?.tag === "pre")) entities.push(entity);
    } else {
      open.push({ tag: name, type, offset: text.length, length: 0, ...attributesOf(name, attributes, open) });
    }
    at += whole.length;
  }
  const left = open.at(-1);
  if (left) refuse(`Can't find end tag corresponding to start tag "${left.tag}"`);
  return { text, entities };
}

function attributesOf(tag: string, text: string, open: { tag: string; language?: string }[]) {
  const inside = open.map(({ tag }) => tag);
  const url = /href="([^"]*)"/.exec(text)?.[1];
  const language = /class="language-([^"]*)"/.exec(text)?.[1];
  const outer = open.at(-1);
  if (tag === "blockquote" && inside.includes("blockquote")) refuse("blockquotes can't be nested");
  const isCodeOfPre = tag === "code" && outer?.tag === "pre";
  if (inside.some((name) => leaves.has(name)) && !isCodeOfPre) refuse(`"${tag}" inside monospace`);
  const styled = inside.some((name) => !["blockquote", "pre"].includes(name));
  if (leaves.has(tag) && styled && !isCodeOfPre) refuse(`"${tag}" inside other formatting`);
  if (isCodeOfPre && language !== undefined && outer) outer.language = language;
  return url === undefined ? {} : { url: url.replaceAll("&amp;", "&") };
}

/** What a client sees: Telegram takes space off both ends, and moves the entities along. */
export function trimmed({ text, entities }: { text: string; entities: Entity[] }) {
  const start = text.length - text.trimStart().length;
  const body = text.trim();
  const moved = entities
    .map((entity) => {
      const from = Math.max(0, entity.offset - start);
      const to = Math.min(body.length, entity.offset - start + entity.length);
      return { ...entity, offset: from, length: to - from };
    })
    .filter(({ length }) => length > 0);
  return { text: body, entities: moved };
}

function offset(text: string, at: number): number {
  return Buffer.byteLength(text.slice(0, at));
}

function refuse(why: string): never {
  throw new Refusal(400, `Bad Request: can't parse entities: ${why}`);
}

/** What the Bot API answers instead of a result. */
export class Refusal extends Error {
  readonly code: number;
  readonly parameters: Record<string, unknown> | undefined;

  constructor(code: number, description: string, parameters?: Record<string, unknown>) {
    super(description);
    this.code = code;
    this.parameters = parameters;
  }
}
