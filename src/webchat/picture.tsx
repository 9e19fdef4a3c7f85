import type { JSX } from "preact";
import { useLayoutEffect } from "preact/hooks";
import { useApp } from "./app.ts";
import type { LanguageName, Translation } from "./language.ts";
import style from "./picture.css" with { type: "text" };
import type { ImagePart } from "./rows.ts";
import { wear } from "./wear.ts";

const en = {
  picture: "Picture",
  pictureOf: (index: number, count: number) => `Picture ${index} of ${count}`,
};

const zh: Translation<typeof en> = {
  picture: "图片",
  pictureOf: (index, count) => `图片 ${index}，共 ${count} 张`,
};

const texts: Record<LanguageName, Translation<typeof en>> = { en, zh };

interface PictureProps {
  image: ImagePart;
  /** Where it stands among several. */
  place?: { index: number; count: number };
}

/** A picture that somebody sent, or a tool brought. */
export function Picture({ image, place }: PictureProps): JSX.Element | null {
  const text = texts[useApp().language.name.value];
  useLayoutEffect(() => wear(style), []);
  // Only pictures that carry their own bytes and cannot carry a script.
  if (!/^image\/(png|jpeg|gif|webp)$/.test(image.mimeType)) return null;
  const alt =
    place !== undefined && place.count > 1 ? text.pictureOf(place.index + 1, place.count) : text.picture;
  return (
    <img class="picture" alt={alt} src={`data:${image.mimeType};base64,${image.data}`} decoding="async" />
  );
}
