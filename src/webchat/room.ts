import type { ImagePart } from "./rows.ts";

/** What a request needs around the message itself. */
const ENVELOPE_BYTES = 2_048;
/** What the JSON around one picture takes. */
const WRAPPING_BYTES = 128;
/** As long as no gateway has said more: the smallest that one takes by default. */
const DEFAULT_FRAME_BYTES = 524_288;

/** The bytes that a message, with its pictures, may have on the wire. */
export function roomFor(maxPayload: number = DEFAULT_FRAME_BYTES): number {
  return maxPayload - ENVELOPE_BYTES;
}

/** The bytes that a message has on the wire. */
export function sizeOf(text: string, images: readonly ImagePart[]): number {
  const typed = new TextEncoder().encode(JSON.stringify(text)).length;
  return images.reduce((sum, image) => sum + sizeOfImage(image), typed);
}

export function sizeOfImage({ data }: ImagePart): number {
  return data.length + WRAPPING_BYTES;
}
