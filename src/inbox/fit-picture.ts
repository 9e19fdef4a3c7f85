import { imageTypeOf } from "./attachments.ts";

/** A picture as a model takes it, or why there is none. */
export type Fitted = { is: "fits"; data: Buffer; mimeType: string } | { is: "refused"; why: string };

/** Providers count the text that the bytes become on the wire, which may have 5 MB. */
const mostBytes = 3_900_000;
/** Above this a provider refuses the picture. */
const longestSide = 8_000;
/** No model looks closer than the first. */
const sides = [2_048, 1_536, 1_024, 512] as const;
/** What is opened at all: a decoded picture takes four bytes a pixel. */
const mostPixels = 52_000_000;

/** As it is where it is small enough and of a kind that models take; else redrawn. Never rejects. */
export async function fitPicture(bytes: Buffer): Promise<Fitted> {
  try {
    const { width, height, format } = await open(bytes).metadata();
    const mimeType = imageTypeOf(bytes);
    if (mimeType !== null && bytes.length <= mostBytes && Math.max(width, height) <= longestSide)
      return { is: "fits", data: bytes, mimeType };
    return await redraw(bytes, format !== "jpeg");
  } catch (error) {
    return { is: "refused", why: whyNot(error) };
  }
}

function open(bytes: Buffer): Bun.Image {
  return new Bun.Image(bytes, { maxPixels: mostPixels });
}

async function redraw(bytes: Buffer, mayBeTransparent: boolean): Promise<Fitted> {
  for (const side of sides) {
    const drawn = () => open(bytes).resize(side, side, { fit: "inside", withoutEnlargement: true });
    const data = mayBeTransparent
      ? await drawn().webp({ quality: 85 }).toBuffer()
      : await drawn().jpeg({ quality: 85 }).toBuffer();
    if (data.length <= mostBytes)
      return { is: "fits", data, mimeType: mayBeTransparent ? "image/webp" : "image/jpeg" };
  }
  return { is: "refused", why: "it stays too large, however small it is drawn" };
}

function whyNot(error: unknown): string {
  const code = error instanceof Error && "code" in error ? error.code : "";
  if (code === "ERR_IMAGE_TOO_MANY_PIXELS")
    return `it has more than ${mostPixels / 1_000_000} million pixels, the most that is opened here`;
  if (code === "ERR_IMAGE_FORMAT_UNSUPPORTED")
    return "this computer cannot read pictures of its kind; JPEG, PNG, WebP, GIF and BMP can be read";
  if (code === "ERR_IMAGE_UNKNOWN_FORMAT")
    return "it is no picture; JPEG, PNG, WebP, GIF and BMP can be read";
  return "it is damaged";
}
