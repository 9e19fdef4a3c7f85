/** Why a file is not sent, in a sentence for whoever named it. Nothing of it was sent. */
export class MediaRefusal extends Error {
  override readonly name = "MediaRefusal";
}
