import { expect, test } from "bun:test";
import { fitPicture } from "./fit-picture.ts";

/** A picture without any order in it, which no compression makes small. */
function noise(width: number, height: number): Buffer {
  const row = Math.ceil((width * 3) / 4) * 4;
  const bytes = Buffer.alloc(54 + row * height);
  bytes.write("BM", 0);
  bytes.writeUInt32LE(bytes.length, 2);
  bytes.writeUInt32LE(54, 10);
  bytes.writeUInt32LE(40, 14);
  bytes.writeInt32LE(width, 18);
  bytes.writeInt32LE(height, 22);
  bytes.writeUInt16LE(1, 26);
  bytes.writeUInt16LE(24, 28);
  let state = 1;
  for (let at = 54; at < bytes.length; at += 4) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    bytes.writeUInt32LE(state, Math.min(at, bytes.length - 4));
  }
  return bytes;
}

const sizeOf = (data: Buffer) => new Bun.Image(data).metadata();

test("what is small enough stays as it is, byte for byte", async () => {
  const png = await new Bun.Image(noise(40, 30)).png().toBuffer();
  expect(await fitPicture(png)).toEqual({ is: "fits", data: png, mimeType: "image/png" });
});

test("what has too many bytes is drawn smaller: a photo as JPEG, anything else so that it may be transparent", async () => {
  const large = noise(2_600, 1_950);
  const photo = await new Bun.Image(large).jpeg({ quality: 100 }).toBuffer();
  expect(photo.length).toBeGreaterThan(3_900_000);
  for (const [bytes, mimeType] of [
    [photo, "image/jpeg"],
    [await new Bun.Image(large).png().toBuffer(), "image/webp"],
  ] as const) {
    const fitted = await fitPicture(bytes);
    if (fitted.is !== "fits") throw new Error(fitted.why);
    expect(fitted.mimeType).toBe(mimeType);
    expect(fitted.data.length).toBeLessThanOrEqual(3_900_000);
    const { width, height } = await sizeOf(fitted.data);
    expect(Math.max(width, height)).toBeLessThanOrEqual(2_048);
    expect(Math.abs(width / height - 4 / 3)).toBeLessThan(0.01);
  }
});

test("what is too long, or of a kind that no model takes, is drawn anew", async () => {
  const long = await new Bun.Image(noise(100, 10)).resize(9_000, 90).png().toBuffer();
  const fitted = await fitPicture(long);
  expect(fitted).toMatchObject({ is: "fits", mimeType: "image/webp" });
  if (fitted.is === "fits") expect(await sizeOf(fitted.data)).toMatchObject({ width: 2_048 });
  expect(await fitPicture(noise(20, 20))).toMatchObject({ is: "fits", mimeType: "image/webp" });
});

test("what cannot be opened is said: no picture, a bomb, a damaged one", async () => {
  expect(await fitPicture(Buffer.alloc(20))).toEqual({
    is: "refused",
    why: "it is no picture; JPEG, PNG, WebP, GIF and BMP can be read",
  });
  const bomb = noise(4, 4);
  bomb.writeInt32LE(40_000, 18);
  bomb.writeInt32LE(40_000, 22);
  expect(await fitPicture(bomb)).toMatchObject({
    is: "refused",
    why: expect.stringContaining("52 million pixels"),
  });
  const png = await new Bun.Image(noise(40, 30)).png().toBuffer();
  expect(await fitPicture(png.subarray(0, 20))).toEqual({ is: "refused", why: "it is damaged" });
});
