/** One sentence for people in both languages. */
export interface Sentence {
  readonly en: string;
  readonly zh: string;
}
