import type { Attachment } from "#protocol/domains/agents.ts";
import type { ContentPart } from "#protocol/domains/chat.ts";
import { GatewayError } from "#src/lib/errors.ts";
import type { Sentence } from "#src/lib/sentence.ts";

/** The largest image in bytes, decoded, that travels inside a frame. */
export const maxImageBytes = 5_000_000;

const signatures: [string, (bytes: Buffer) => boolean][] = [
  ["image/png", (bytes) => bytes.subarray(0, 8).equals(Buffer.from("89504e470d0a1a0a", "hex"))],
  ["image/jpeg", (bytes) => bytes.subarray(0, 3).equals(Buffer.from("ffd8ff", "hex"))],
  ["image/gif", (bytes) => bytes.subarray(0, 4).toString("latin1") === "GIF8"],
  [
    "image/webp",
    (bytes) => bytes.toString("latin1", 0, 4) === "RIFF" && bytes.toString("latin1", 8, 12) === "WEBP",
  ],
];

const refusals = {
  content: {
    en: "content must be a base64 string or a data URL",
    zh: "content 必须是 base64 文本或 data URL",
  },
  base64: { en: "invalid base64 content", zh: "base64 内容无效" },
  size: {
    en: `exceeds the limit of ${maxImageBytes} bytes; make the image smaller`,
    zh: `超过 ${maxImageBytes} 字节的上限；请缩小图片`,
  },
  type: {
    en: "only PNG, JPEG, GIF and WebP images can be sent here",
    zh: "这里只能发送 PNG、JPEG、GIF 和 WebP 图片",
  },
};

/** The images among the attachments; what a file is, is judged by its bytes. Anything else is refused by name. */
export function imagesOf(attachments: readonly Attachment[]): ContentPart[] {
  return attachments.map((attachment, index) => {
    const label = attachment.fileName ?? attachment.type ?? `#${index + 1}`;
    const refuse = (why: Sentence) =>
      new GatewayError("INVALID_REQUEST", {
        en: `attachment ${label}: ${why.en}`,
        zh: `附件 ${label}：${why.zh}`,
      });
    if (typeof attachment.content !== "string") throw refuse(refusals.content);
    const base64 = attachment.content.replace(/^data:[^,]*;base64,/, "");
    if (base64.length % 4 !== 0 || !/^[A-Za-z0-9+/]+={0,2}$/.test(base64)) throw refuse(refusals.base64);
    if ((base64.length / 4) * 3 - 2 > maxImageBytes) {
      throw refuse(refusals.size);
    }
    const mimeType = imageTypeOf(Buffer.from(base64.slice(0, 64), "base64"));
    if (mimeType === null) throw refuse(refusals.type);
    return { type: "image", data: base64, mimeType };
  });
}

/** What kind of image these bytes begin; null for anything that models don't take. */
export function imageTypeOf(bytes: Buffer): string | null {
  return signatures.find(([, matches]) => matches(bytes))?.[0] ?? null;
}
