import type { Sentence } from "#src/lib/sentence.ts";

/** Why a file is not sent, in a sentence for whoever named it. Nothing of it was sent. */
export class MediaRefusal extends Error {
  override readonly name = "MediaRefusal";
  /** What only somebody on this machine should read, such as where files lie. */
  readonly hint: Sentence | undefined;
  readonly told: Sentence;

  constructor(told: Sentence, options: ErrorOptions & { hint?: Sentence } = {}) {
    super(told.en, options);
    this.told = told;
    this.hint = options.hint;
  }
}

/** A file that has more bytes than are sent. */
export function tooLarge(name: string, maxBytes: number): MediaRefusal {
  const most = inMegabytes(maxBytes);
  return new MediaRefusal({ en: `${name} is larger than ${most}`, zh: `${name} 超过 ${most}` });
}

/** A number of bytes for people. */
export function inMegabytes(bytes: number): string {
  return `${Math.floor((bytes / 1024 / 1024) * 10) / 10} MB`;
}
