import type { Message } from "grammy/types";
import { type Api, InputFile } from "grammy/web";
import type { MediaKind, OutboundMedia } from "../channel.ts";
import type { ApiSignal } from "./api.ts";

/** What goes with a file: where to, and its caption. */
export interface MediaOptions {
  chat: number;
  caption: { caption?: string; parse_mode?: "HTML" };
  other: Record<string, unknown>;
  signal: ApiSignal;
}

/** Larger pictures are sent as files. */
const photoBytes = 10_000_000;

/** As what Telegram takes a file: what it would not take as its own kind goes as a plain file. */
export function kindFor({ kind, bytes, mimeType }: OutboundMedia): MediaKind {
  if (kind === "image" && (bytes > photoBytes || !/^image\/(jpe?g|png|webp)$/.test(mimeType))) {
    return mimeType === "image/gif" ? "animation" : "document";
  }
  if (kind === "voice" && !/ogg|opus|mpeg|mp4|m4a/.test(mimeType)) return "audio";
  if (kind === "audio" && !/mpeg|mp3|mp4|m4a|ogg|opus/.test(mimeType)) return "document";
  return kind;
}

/** Sends one file as the kind given. */
export function sendOne(
  api: Api,
  file: OutboundMedia,
  as: MediaKind,
  options: MediaOptions,
): Promise<Message> {
  const { chat, caption, signal } = options;
  const other = { ...options.other, ...caption };
  const input = inputOf(file);
  switch (as) {
    case "image":
      return api.sendPhoto(chat, input, other, signal);
    case "video":
      return api.sendVideo(chat, input, { ...other, supports_streaming: true }, signal);
    case "animation":
      return api.sendAnimation(chat, input, other, signal);
    case "audio":
      return api.sendAudio(chat, input, other, signal);
    case "voice":
      return api.sendVoice(chat, input, other, signal);
    case "sticker":
      return api.sendSticker(chat, input, options.other, signal);
    case "document":
      return api.sendDocument(chat, input, { ...other, disable_content_type_detection: true }, signal);
  }
}

/** Sends several files as one album; only pictures and videos mix, so anything else goes as plain files. */
export function sendAlbum(
  api: Api,
  files: readonly OutboundMedia[],
  options: MediaOptions,
): Promise<Message[]> {
  const { chat, caption, other, signal } = options;
  const kinds = files.map(kindFor);
  const items = files.map((file, index) => ({ media: inputOf(file), ...(index === 0 ? caption : {}) }));
  if (kinds.every((kind) => kind === "image" || kind === "video")) {
    const visual = items.map((item, index) =>
      kinds[index] === "video"
        ? ({ type: "video", ...item } as const)
        : ({ type: "photo", ...item } as const),
    );
    return api.sendMediaGroup(chat, visual, other, signal);
  }
  if (kinds.every((kind) => kind === "audio")) {
    const audio = items.map((item) => ({ type: "audio", ...item }) as const);
    return api.sendMediaGroup(chat, audio, other, signal);
  }
  const plain = items.map((item) => ({ type: "document", ...item }) as const);
  return api.sendMediaGroup(chat, plain, other, signal);
}

/** Read anew for every attempt, and from the disk: a file that is sent need not fit into memory. */
function inputOf({ path, fileName }: OutboundMedia): InputFile {
  return new InputFile(Bun.file(path).stream(), fileName);
}
