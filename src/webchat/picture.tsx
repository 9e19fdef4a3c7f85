import type { JSX } from "preact";
import { useApp } from "./app.ts";
import type { ImagePart } from "./rows.ts";

interface PictureProps {
  image: ImagePart;
  /** Where it stands among several. */
  place?: { index: number; count: number };
}

export function Picture({ image, place }: PictureProps): JSX.Element | null {
  const text = useApp().language.text.value;
  // Only pictures that carry their own bytes and cannot carry a script.
  if (!/^image\/(png|jpeg|gif|webp)$/.test(image.mimeType)) return null;
  const alt =
    place !== undefined && place.count > 1 ? text.pictureOf(place.index + 1, place.count) : text.picture;
  return (
    <img class="picture" alt={alt} src={`data:${image.mimeType};base64,${image.data}`} decoding="async" />
  );
}
