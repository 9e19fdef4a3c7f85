import type { ContentPart } from "#protocol/domains/chat.ts";
import type { Account } from "#src/channels/channel.ts";
import type { Attachment } from "#src/channels/inbound.ts";
import { GatewayError, messageOf } from "#src/lib/errors.ts";
import type { Log } from "#src/lib/log.ts";
import { inMegabytes } from "#src/outbox/media/refusal.ts";
import { type Fitted, fitPicture } from "./fit-picture.ts";

const mostImages = 10;
const fetchMs = 30_000;

export interface FetchOptions {
  account: Pick<Account, "fetchAttachment"> | null;
  maxBytes: number;
  signal: AbortSignal;
  log: Log;
}

/**
 * The images among the files of a message, for the model. What is no image is only named to it, beside the message;
 * an image that cannot be had is a sentence in its place. Never rejects.
 */
export async function fetchImages(
  attachments: readonly Attachment[],
  { account, maxBytes, signal, log }: FetchOptions,
): Promise<ContentPart[]> {
  const images = attachments.filter(isImage);
  const parts: ContentPart[] = [];
  for (const [index, image] of images.slice(0, mostImages).entries()) {
    const missing = (why: string): ContentPart => ({
      type: "text",
      text: `[image ${index + 1} cannot be shown to you: ${why}. Tell the sender.]`,
    });
    if (account?.fetchAttachment === undefined) {
      parts.push(missing("the channel cannot fetch it"));
      continue;
    }
    const tooLarge = `it is larger than ${inMegabytes(maxBytes)}, the most that is fetched here`;
    if ((image.bytes ?? 0) > maxBytes) {
      parts.push(missing(tooLarge));
      continue;
    }
    try {
      const within = AbortSignal.any([signal, AbortSignal.timeout(fetchMs)]);
      const bytes = await readBounded(await account.fetchAttachment(image.ref, within), maxBytes, within);
      const fitted: Fitted = bytes === null ? { is: "refused", why: tooLarge } : await fitPicture(bytes);
      if (fitted.is === "refused") parts.push(missing(fitted.why));
      else parts.push({ type: "image", data: fitted.data.toString("base64"), mimeType: fitted.mimeType });
    } catch (error) {
      log.warn("attachment could not be fetched", { error: messageOf(error) });
      const isTold = error instanceof GatewayError && error.code === "INVALID_REQUEST";
      parts.push(missing(isTold ? error.message : "it could not be fetched"));
    }
  }
  if (images.length > mostImages) {
    parts.push({ type: "text", text: `[${images.length - mostImages} more images are not shown]` });
  }
  return parts;
}

function isImage({ kind, mimeType }: Attachment): boolean {
  if (mimeType !== undefined) return /^image\/(?!svg)/i.test(mimeType);
  return kind === "image" || kind === "sticker";
}

/** All bytes of the stream; null for more than the limit, which are not read. */
async function readBounded(
  stream: ReadableStream<Uint8Array>,
  limit: number,
  signal: AbortSignal,
): Promise<Buffer | null> {
  const reader = stream.getReader();
  const ended = Promise.withResolvers<never>();
  const end = () => ended.reject(signal.reason);
  signal.addEventListener("abort", end, { once: true });
  ended.promise.catch(() => {});
  const chunks: Uint8Array[] = [];
  let size = 0;
  try {
    for (;;) {
      signal.throwIfAborted();
      const { done, value } = await Promise.race([reader.read(), ended.promise]);
      if (done) return Buffer.concat(chunks);
      size += value.byteLength;
      if (size > limit) return null;
      chunks.push(value);
    }
  } finally {
    signal.removeEventListener("abort", end);
    reader.cancel().catch(() => {});
  }
}
