import type { Params } from "#protocol";
import type { OutboundMedia } from "#src/channels/channel.ts";
import { GatewayError } from "#src/lib/errors.ts";
import type { SendingAccounts } from "#src/outbox/accounts.ts";
import type { Outbox } from "#src/outbox/outbox.ts";
import type { Aim } from "./send-target.ts";

/** What a caller says of files. */
export type FileParams = Pick<
  Params<"send">,
  "mediaUrl" | "mediaUrls" | "buffer" | "filename" | "contentType"
>;

/** The files that a caller names, by address or path. */
export function namedFiles({ mediaUrl, mediaUrls }: FileParams): string[] {
  return [...(mediaUrl ? [mediaUrl] : []), ...(mediaUrls ?? [])];
}

/** The files of a message, judged before anything is sent: first the one that came with the request. */
export async function filesOf(
  { outbox, accounts }: { outbox: Outbox; accounts: SendingAccounts },
  { open, to }: Aim,
  params: FileParams,
): Promise<OutboundMedia[]> {
  const { mediaMaxMb } = accounts.policy(open.channel, open.accountId);
  const maxBytes = Math.min(mediaMaxMb * 1024 * 1024, open.account.capabilities(to).media.maxBytes);
  const files: OutboundMedia[] = [];
  const { takeMedia } = await import("#src/outbox/media/take.ts");
  const { keepMedia } = await import("#src/outbox/media/keep.ts");
  const { MediaRefusal } = await import("#src/outbox/media/refusal.ts");
  try {
    if (params.buffer) {
      const bytes = bytesOf(params.buffer);
      const { directory } = outbox.media;
      files.push(await keepMedia(only(bytes), { directory, maxBytes, fileName: nameOf(params) }));
    }
    for (const each of namedFiles(params)) files.push(await takeMedia(each, { ...outbox.media, maxBytes }));
  } catch (cause) {
    if (!(cause instanceof MediaRefusal)) throw cause;
    const { told, hint } = cause;
    const why = hint === undefined ? told : { en: `${told.en}; ${hint.en}`, zh: `${told.zh}；${hint.zh}` };
    throw new GatewayError("INVALID_REQUEST", why, { cause });
  }
  return files;
}

function bytesOf(buffer: string): Uint8Array {
  const text = buffer.replace(/^data:[^,]*;base64,/i, "").replace(/\s+/g, "");
  if (text === "" || text.length % 4 === 1 || !/^[A-Za-z0-9+/_-]+={0,2}$/.test(text))
    throw new GatewayError("INVALID_REQUEST", "invalid send params: buffer must be a file in base64");
  return Buffer.from(text, "base64");
}

async function* only(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}

/** Bytes without a mark of their own, such as a table in text, are told apart by the name's ending. */
function nameOf({ filename, contentType }: FileParams): string {
  if (filename?.trim()) return filename;
  const [, type = ""] = /^(?:text|application)\/([a-z]+)/i.exec(contentType ?? "") ?? [];
  const ending = { csv: "csv", json: "json", markdown: "md" }[type.toLowerCase()];
  return ending === undefined ? "file" : `file.${ending}`;
}
