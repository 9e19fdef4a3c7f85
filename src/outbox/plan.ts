import type {
  Account,
  Capabilities,
  ConversationRef,
  OutboundMedia,
  OutboundPart,
} from "#src/channels/channel.ts";
import type { Document } from "#src/channels/document.ts";
import { parseMarkdown } from "./markdown.ts";
import { MediaRefusal, tooLarge } from "./media/refusal.ts";
import { mediaLinesOf, type TakeOptions, takeMedia } from "./media/take.ts";
import type { Written } from "./rows.ts";
import { splitDocument } from "./split.ts";

export interface PlanOptions {
  account: Account;
  to: ConversationRef;
  policy: { textChunkLimit?: number | undefined; mediaMaxMb: number; textPrefix?: string | undefined };
  media: Omit<TakeOptions, "maxBytes">;
  /** The text is shown already, in a message that cannot become the caption of a file. */
  isShown: boolean;
}

/** The parts in which something written goes out. What cannot be sent is said in words instead of being left out. */
export async function planParts(written: Written, options: PlanOptions): Promise<OutboundPart[]> {
  const { account, to, policy } = options;
  const capabilities = account.capabilities(to);
  const isHtml = written.format === "html";
  const { text, media: named } = isHtml ? { text: written.text, media: [] } : mediaLinesOf(written.text);
  const { media, notes } = await gather([...named, ...written.media], written, options, capabilities);
  const prefix = policy.textPrefix === undefined || text.trim() === "" ? "" : `${policy.textPrefix} `;
  const max = textMax(capabilities, policy);
  const parse = isHtml ? (await import("./html.ts")).parseHtml : parseMarkdown;
  const document = parse([prefix + text, ...notes].filter((each) => each.trim() !== "").join("\n\n"));
  const silent = written.silent === true ? { silent: true } : {};
  const albums = groupsOf(media, capabilities.media.perMessage);
  const [first] = albums;
  const measure = account.measure.bind(account);
  const captionMax = Math.min(capabilities.media.captionMax, max);
  const takesCaption = first !== undefined && !options.isShown && captionMax > 0;
  const cut = takesCaption ? splitDocument(document, { measure, max, firstMax: captionMax }) : [];
  // What cannot be cut that short is no caption at all.
  const [caption, ...rest] = cut[0] !== undefined && measure(cut[0]) <= captionMax ? cut : [];
  const texts = (caption === undefined ? splitDocument(document, { measure, max }) : rest).map(
    (part): OutboundPart => ({ is: "text", document: part, ...silent }),
  );
  const files = albums.map((album): OutboundPart => ({ is: "media", media: album, ...silent }));
  if (caption === undefined || first === undefined) return [...texts, ...files];
  return [{ is: "media", media: first, caption, ...silent }, ...texts, ...files.slice(1)];
}

/** The most that one text may be long: the platform's limit, or less where the owner wants it. */
export function textMax(
  { text }: Capabilities,
  { textChunkLimit }: { textChunkLimit?: number | undefined },
): number {
  return Math.max(1, Math.min(text.max, textChunkLimit ?? text.max));
}

/** The text that stands for files that a platform does not take. */
export function insteadOf(
  media: readonly OutboundMedia[],
  caption: Document | undefined,
  why: string,
): Document {
  const names = media.map(({ fileName }) => fileName).join(", ");
  return {
    blocks: [
      ...(caption?.blocks ?? []),
      { is: "paragraph", children: [{ is: "text", text: `[${names} could not be sent: ${why}]` }] },
    ],
  };
}

async function gather(
  named: readonly (string | OutboundMedia)[],
  { mediaAs }: Written,
  { policy, media: options }: PlanOptions,
  { media: takes }: Capabilities,
): Promise<{ media: OutboundMedia[]; notes: string[] }> {
  const media: OutboundMedia[] = [];
  const notes: string[] = [];
  const maxBytes = Math.min(policy.mediaMaxMb * 1024 * 1024, takes.maxBytes);
  for (const each of named) {
    try {
      const taken = typeof each === "string" ? await takeMedia(each, { ...options, maxBytes }) : each;
      if (taken.bytes > maxBytes) throw tooLarge(taken.fileName, maxBytes);
      const kind = kindFor(taken, mediaAs, takes.kinds);
      if (kind === null) throw notTaken(taken.fileName);
      media.push({ ...taken, kind });
    } catch (error) {
      if (!(error instanceof MediaRefusal)) throw error;
      notes.push(`[${error.message.replace(/[[\]]/g, "")}]`);
    }
  }
  return { media, notes };
}

function notTaken(name: string): MediaRefusal {
  return new MediaRefusal({
    en: `${name} is of a kind that cannot be sent here`,
    zh: `${name} 的类型无法在此发送`,
  });
}

/** How a file is shown, by what is wished and what the platform has; null where it takes none like it. */
function kindFor(
  { kind, mimeType }: OutboundMedia,
  wished: Written["mediaAs"],
  takes: Capabilities["media"]["kinds"],
): OutboundMedia["kind"] | null {
  const isSound = kind === "audio" || kind === "voice";
  const ways: OutboundMedia["kind"][] = [];
  if (wished === "document") ways.push("document");
  if (wished === "voice" && isSound) ways.push("voice");
  if (wished === "animation" && mimeType === "video/mp4") ways.push("animation");
  ways.push(kind);
  if (kind === "voice") ways.push("audio");
  if (kind === "animation") ways.push(mimeType.startsWith("video/") ? "video" : "image");
  ways.push("document");
  return ways.find((way) => takes.has(way)) ?? null;
}

/** Files that go together: neighbours of kinds that people see as one album. */
function groupsOf(media: readonly OutboundMedia[], perMessage: number): OutboundMedia[][] {
  const groups: OutboundMedia[][] = [];
  const family = ({ kind }: OutboundMedia) => (kind === "image" || kind === "video" ? "pictures" : kind);
  for (const each of media) {
    const last = groups.at(-1);
    const [first] = last ?? [];
    const joins =
      last !== undefined &&
      first !== undefined &&
      last.length < perMessage &&
      family(first) === family(each) &&
      ["pictures", "document", "audio"].includes(family(each));
    if (joins) last.push(each);
    else groups.push([each]);
  }
  return groups;
}
