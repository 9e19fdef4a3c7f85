/** Why a file is not sent, in a sentence for whoever named it. Nothing of it was sent. */
export class MediaRefusal extends Error {
  override readonly name = "MediaRefusal";
  /** What only somebody on this machine should read, such as where files lie. */
  readonly hint: string | undefined;

  constructor(message: string, options: ErrorOptions & { hint?: string } = {}) {
    super(message, options);
    this.hint = options.hint;
  }
}
