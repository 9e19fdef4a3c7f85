import type { LanguageName, Translation } from "./language.ts";

const en = {
  tray: "Pictures to send",
  remove: (name: string) => `Remove ${name}`,
  unnamed: (index: number) => `picture ${index}`,
  removed: (name: string) => `${name} removed`,
  room: (count: number, size: string, limit: string) =>
    `${count === 1 ? "1 picture" : `${count} pictures`}, ${size} of at most ${limit}. Larger ones are made smaller.`,
  unseen: (model: string) => `${model} does not see pictures: it is told only that there are some.`,
  notPictures: (names: readonly string[]) =>
    names.length === 1
      ? `Only pictures can be sent here, and “${names[0]}” is none.`
      : `Only pictures can be sent here, and “${names[0]}” and ${names.length - 1} more are none.`,
  unreadable: (name: string) =>
    `This browser cannot read “${name}” as a picture; save it as PNG or JPEG and add it again.`,
  tooMany: (most: number) => `One message takes at most ${most} pictures; send the others in the next one.`,
  tooLarge: "Not all of the pictures could be made small enough; send them in several messages.",
};

const zh: Translation<typeof en> = {
  tray: "要发送的图片",
  remove: (name) => `移除 ${name}`,
  unnamed: (index) => `图片 ${index}`,
  removed: (name) => `已移除 ${name}`,
  room: (count, size, limit) => `${count} 张图片，${size}，最多 ${limit}。较大的图片会自动缩小。`,
  unseen: (model) => `${model} 看不到图片，只会知道有图片。`,
  notPictures: (names) =>
    names.length === 1
      ? `这里只能发送图片，“${names[0]}”不是图片。`
      : `这里只能发送图片，“${names[0]}”等 ${names.length} 个文件不是图片。`,
  unreadable: (name) => `浏览器无法读取图片“${name}”，请另存为 PNG 或 JPEG 后重新添加。`,
  tooMany: (most) => `一条消息最多 ${most} 张图片，其余的请放到下一条。`,
  tooLarge: "有的图片无法缩小到可以发送的大小，请分几条消息发送。",
};

/** What is said about pictures in the message box. */
export const pictureTexts: Record<LanguageName, Translation<typeof en>> = { en, zh };
