import type { Sentence } from "./sentence.ts";

/** Why the gateway cannot start: what is wrong and what to do, and the exit code that says it to a supervisor. */
export class StartError extends Error {
  override readonly name: string = "StartError";
  readonly exitCode: number;
  /** The message for people who read Chinese, where there is one. */
  readonly zh: string | undefined;

  constructor(said: string | Sentence, exitCode: number, options?: ErrorOptions) {
    super(typeof said === "string" ? said : said.en, options);
    this.exitCode = exitCode;
    this.zh = typeof said === "string" ? undefined : said.zh;
  }
}
