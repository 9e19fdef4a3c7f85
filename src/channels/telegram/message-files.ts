import type { Message } from "grammy/types";
import type { Attachment } from "../inbound.ts";

/** The files of a message, each by the id that Telegram finds it under for good. */
export function filesOf(message: Message): Attachment[] {
  const { photo, animation, video, video_note, audio, voice, document, sticker } = message;
  // Best last: Telegram lists the sizes of a photo from small to large.
  const largest = photo?.at(-1);
  if (largest) return [attachment("image", { ...largest, mime_type: "image/jpeg" })];
  // What is an animation says of itself that it is a document, too.
  if (animation) return [attachment("animation", animation)];
  if (video) return [attachment("video", video)];
  if (video_note) return [attachment("video", { ...video_note, mime_type: "video/mp4" })];
  if (audio) return [attachment("audio", audio)];
  if (voice) return [attachment("voice", voice)];
  if (document) return [attachment("document", document)];
  if (sticker) return [attachment("sticker", { ...sticker, mime_type: stickerType(sticker) })];
  return [];
}

interface TelegramFile {
  file_id: string;
  file_size?: number;
  file_name?: string;
  mime_type?: string;
}

function attachment(kind: Attachment["kind"], file: TelegramFile): Attachment {
  return {
    kind,
    ref: file.file_id,
    ...(file.mime_type === undefined ? {} : { mimeType: file.mime_type }),
    ...(file.file_name === undefined ? {} : { fileName: file.file_name }),
    ...(file.file_size === undefined ? {} : { bytes: file.file_size }),
  };
}

function stickerType({ is_animated, is_video }: { is_animated: boolean; is_video: boolean }): string {
  return is_animated ? "application/x-tgsticker" : is_video ? "video/webm" : "image/webp";
}
