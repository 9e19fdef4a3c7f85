import { sizeOfImage } from "./room.ts";
import type { ImagePart } from "./rows.ts";

/** No model looks closer than this. */
const LONGEST_SIDE = 2_048;
const SHORTEST_SIDE = 64;
/** From here down a picture on white is better than a transparent one that is smaller still. */
const SMALL_SIDE = 512;

/** How the types that the gateway takes begin. */
const signatures: readonly [string, RegExp][] = [
  ["image/png", /^89504e470d0a1a0a/],
  ["image/jpeg", /^ffd8ff/],
  ["image/gif", /^47494638/],
  ["image/webp", /^52494646.{8}57454250/],
];

/** The picture within so many bytes on the wire: as it is, or else redrawn; undefined where no size is small enough. */
export async function shrink(original: Blob, bytes: number): Promise<ImagePart | undefined> {
  const mimeType = await typeOf(original);
  if (mimeType !== undefined && base64Length(original.size) <= bytes) {
    const image = await toImage(original, mimeType);
    if (sizeOfImage(image) <= bytes) return image;
  }
  const bitmap = await createImageBitmap(original);
  try {
    const opaque = isOpaque(bitmap);
    let side = Math.min(LONGEST_SIDE, Math.max(bitmap.width, bitmap.height));
    while (side >= SHORTEST_SIDE) {
      let smallest = Number.POSITIVE_INFINITY;
      for (const [type, quality] of waysOf(opaque, side)) {
        // What is far too large does not get there by a lower quality.
        if (quality < 0.8 && smallest > 2.5 * bytes) continue;
        const blob = await draw(bitmap, side, type, quality);
        // A browser that cannot write a type writes PNG in its place.
        if (blob.type !== type) continue;
        smallest = Math.min(smallest, base64Length(blob.size));
        if (smallest > bytes) continue;
        const image = await toImage(blob, type);
        if (sizeOfImage(image) <= bytes) return image;
      }
      // The size goes with the area; a little less, so that the next one fits.
      side = Math.floor(side * Math.min(0.85, Math.sqrt(bytes / smallest)));
    }
    return undefined;
  } finally {
    bitmap.close();
  }
}

/** The types and qualities to try at a size, the best first. */
function waysOf(opaque: boolean, side: number): [string, number][] {
  const jpeg: [string, number][] = [
    ["image/jpeg", 0.85],
    ["image/jpeg", 0.6],
  ];
  if (opaque) return jpeg;
  const clear: [string, number][] = [
    ["image/png", 1],
    ["image/webp", 0.85],
    ["image/webp", 0.6],
  ];
  return side > SMALL_SIDE ? clear : [...clear, ...jpeg];
}

function draw(bitmap: ImageBitmap, side: number, type: string, quality: number): Promise<Blob> {
  const scale = Math.min(1, side / Math.max(bitmap.width, bitmap.height));
  const canvas = new OffscreenCanvas(
    Math.max(1, Math.round(bitmap.width * scale)),
    Math.max(1, Math.round(bitmap.height * scale)),
  );
  const context = contextOf(canvas);
  if (type === "image/jpeg") {
    // What is transparent would turn black.
    context.fillStyle = "#fff";
    context.fillRect(0, 0, canvas.width, canvas.height);
  }
  context.imageSmoothingQuality = "high";
  context.drawImage(bitmap, 0, 0, canvas.width, canvas.height);
  return canvas.convertToBlob({ type, quality });
}

function isOpaque(bitmap: ImageBitmap): boolean {
  const side = 32;
  const context = contextOf(new OffscreenCanvas(side, side));
  context.drawImage(bitmap, 0, 0, side, side);
  const { data } = context.getImageData(0, 0, side, side);
  return data.every((value, index) => index % 4 !== 3 || value === 255);
}

function contextOf(canvas: OffscreenCanvas): OffscreenCanvasRenderingContext2D {
  const context = canvas.getContext("2d");
  if (context === null) throw new Error("the browser has no memory for a picture of this size");
  return context;
}

/** What the bytes say that it is. */
async function typeOf(blob: Blob): Promise<string | undefined> {
  const bytes = new Uint8Array(await blob.slice(0, 16).arrayBuffer());
  const head = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return signatures.find(([, pattern]) => pattern.test(head))?.[0];
}

function base64Length(bytes: number): number {
  return Math.ceil(bytes / 3) * 4;
}

function toImage(blob: Blob, mimeType: string): Promise<ImagePart> {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => {
      const url = String(reader.result);
      resolve({ type: "image", data: url.slice(url.indexOf(",") + 1), mimeType });
    };
    reader.onerror = () => reject(reader.error);
    reader.readAsDataURL(blob);
  });
}
