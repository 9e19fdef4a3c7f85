/** What a person is told of a failure, in both languages. */
export type Told = Readonly<Record<"en" | "zh", string>>;

/** A failure that says to a person what is wrong and what to do; for programs and logs it is English. */
export class ToldError extends Error {
  override readonly name: string = "ToldError";
  readonly told: Told;

  constructor(told: Told, options?: ErrorOptions) {
    super(told.en, options);
    this.told = told;
  }
}
