import type { MediaKind } from "#src/channels/channel.ts";

interface Found {
  kind: MediaKind;
  mimeType: string;
  /** Without a dot; empty where nothing is known. */
  ending: string;
}

const ascii = (bytes: Uint8Array, from: number, to: number) =>
  String.fromCharCode(...bytes.subarray(from, Math.min(to, bytes.length)));

/** What a file is by its first bytes; its name only tells apart what carries no mark of its own. */
export function kindOf(head: Uint8Array, fileName: string): Found {
  const start = ascii(head, 0, 16);
  const found = (kind: MediaKind, mimeType: string, ending: string): Found => ({ kind, mimeType, ending });
  if (start.startsWith("\x89PNG\r\n\x1a\n")) return found("image", "image/png", "png");
  if (start.startsWith("\xff\xd8\xff")) return found("image", "image/jpeg", "jpg");
  if (start.startsWith("GIF8")) return found("animation", "image/gif", "gif");
  if (start.startsWith("RIFF") && start.slice(8, 12) === "WEBP") return found("image", "image/webp", "webp");
  if (start.startsWith("RIFF") && start.slice(8, 12) === "WAVE") return found("audio", "audio/wav", "wav");
  if (start.startsWith("OggS")) {
    return ascii(head, 0, 64).includes("OpusHead")
      ? found("voice", "audio/ogg", "ogg")
      : found("audio", "audio/ogg", "ogg");
  }
  if (start.startsWith("fLaC")) return found("audio", "audio/flac", "flac");
  if (start.startsWith("ID3") || /^\xff[\xf2\xf3\xfb]/.test(start))
    return found("audio", "audio/mpeg", "mp3");
  if (start.slice(4, 8) === "ftyp") return ofContainer(start.slice(8, 12));
  if (start.startsWith("\x1aE\xdf\xa3")) return found("video", "video/webm", "webm");
  if (start.startsWith("%PDF-")) return found("document", "application/pdf", "pdf");
  if (start.startsWith("PK\x03\x04")) return ofArchive(fileName);
  if (start.startsWith("\x1f\x8b")) return found("document", "application/gzip", "gz");
  const ending = /\.([a-z0-9]{1,8})$/i.exec(fileName)?.[1]?.toLowerCase() ?? "";
  if (isText(head)) return found("document", texts[ending] ?? "text/plain", ending === "" ? "txt" : ending);
  return found("document", "application/octet-stream", ending);
}

/** Never what a browser would run: people who open the file get to see its text. */
const texts: Readonly<Record<string, string>> = {
  csv: "text/csv",
  json: "application/json",
  md: "text/markdown",
};

function ofContainer(brand: string): Found {
  if (/^M4[AB]/.test(brand)) return { kind: "audio", mimeType: "audio/mp4", ending: "m4a" };
  if (/^(?:avif|avis)/.test(brand)) return { kind: "image", mimeType: "image/avif", ending: "avif" };
  if (/^(?:heic|heix|mif1|msf1)/.test(brand))
    return { kind: "document", mimeType: "image/heic", ending: "heic" };
  if (brand === "qt  ") return { kind: "video", mimeType: "video/quicktime", ending: "mov" };
  return { kind: "video", mimeType: "video/mp4", ending: "mp4" };
}

const archives: Readonly<Record<string, string>> = {
  docx: "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
  xlsx: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
  pptx: "application/vnd.openxmlformats-officedocument.presentationml.presentation",
  odt: "application/vnd.oasis.opendocument.text",
  ods: "application/vnd.oasis.opendocument.spreadsheet",
  epub: "application/epub+zip",
};

function ofArchive(fileName: string): Found {
  const ending = /\.([a-z]{3,4})$/i.exec(fileName)?.[1]?.toLowerCase() ?? "";
  const mimeType = archives[ending];
  return mimeType === undefined
    ? { kind: "document", mimeType: "application/zip", ending: "zip" }
    : { kind: "document", mimeType, ending };
}

function isText(head: Uint8Array): boolean {
  const text = new TextDecoder().decode(head.subarray(0, 4_000), { stream: true });
  return !text.includes("\ufffd") && !text.includes("\0");
}
