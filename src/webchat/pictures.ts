import type { Draft, Picture } from "./draft.ts";
import type { Language } from "./language.ts";
import { shrink } from "./picture-size.ts";
import { pictureTexts } from "./picture-texts.ts";
import { sizeOf, sizeOfImage } from "./room.ts";
import type { ImagePart } from "./rows.ts";

/** More than a model looks at, and few enough for each to stay readable. */
const MOST = 10;
/** Room that stays for what is typed after the pictures are there. */
const TEXT_BYTES = 16_384;

/**
 * Puts the pictures among the files into a draft and makes all of its pictures fit. Answers with a sentence about
 * what cannot be sent, if there is any such thing.
 */
export async function addPictures(
  draft: Draft,
  files: readonly File[],
  room: number,
  language: Language,
): Promise<string | undefined> {
  const text = pictureTexts[language.name.value];
  const candidates: Candidate[] = draft.pictures.value.map((picture) => ({
    ...picture,
    original: picture.original ?? toBlob(picture.image),
  }));
  const refused: string[] = [];
  const isPicture = ({ type }: File) => type.startsWith("image/");
  const others = files.filter((file) => !isPicture(file));
  if (others.length > 0) refused.push(text.notPictures(others.map(({ name }) => name)));

  for (const file of files.filter(isPicture)) {
    if (candidates.length >= MOST) {
      refused.push(text.tooMany(MOST));
      break;
    }
    if (await canBeRead(file)) {
      candidates.push({ id: crypto.randomUUID(), name: file.name, original: file });
    } else refused.push(text.unreadable(file.name));
  }

  const free = room - Math.max(TEXT_BYTES, sizeOf(draft.text.value, []));
  const before = new Set(draft.pictures.value.map(({ id }) => id));
  const fitted = await fit(candidates, free);
  // What was removed meanwhile stays removed.
  const now = new Set(draft.pictures.value.map(({ id }) => id));
  draft.pictures.value = fitted.filter(({ id }) => now.has(id) || !before.has(id));
  if (fitted.length < candidates.length) refused.push(text.tooLarge);
  return refused.length === 0 ? undefined : refused.join(" ");
}

interface Candidate {
  id: string;
  name: string;
  original: Blob;
  image?: ImagePart;
}

/** The pictures in their order, each within its share of the room; one that cannot be made small enough is left out. */
async function fit(candidates: readonly Candidate[], room: number): Promise<Picture[]> {
  const images = new Map<Candidate, ImagePart>();
  // The smallest first: what they leave of their share is for the larger ones.
  const queue = [...candidates].sort((a, b) => a.original.size - b.original.size);
  let left = room;
  for (const [index, candidate] of queue.entries()) {
    const share = Math.floor(left / (queue.length - index));
    const image = await shrink(candidate.original, share);
    if (image === undefined) continue;
    images.set(candidate, image);
    left -= sizeOfImage(image);
  }
  return candidates.flatMap((candidate) => {
    const image = images.get(candidate);
    return image === undefined ? [] : [{ ...candidate, image }];
  });
}

async function canBeRead(file: Blob): Promise<boolean> {
  try {
    (await createImageBitmap(file)).close();
    return true;
  } catch {
    return false;
  }
}

function toBlob({ data, mimeType }: ImagePart): Blob {
  return new Blob([Uint8Array.from(atob(data), (character) => character.charCodeAt(0))], { type: mimeType });
}
