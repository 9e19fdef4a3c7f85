import type { Sentence } from "#src/lib/sentence.ts";
import { StartError } from "#src/lib/start-error.ts";

/** One thing that is wrong or suspicious; the message ends with where, as `(moltbot.json:4:3)`. */
export interface ConfigIssue {
  /** As `models.providers.local.baseUrl` or `agents.list[0].id`; empty for the file as a whole. */
  path: string;
  message: string;
  /** The message in Chinese, where it has been said so. */
  zh?: string;
}

/** A setting that must not be started with: exit 78. */
export class ConfigError extends StartError {
  override readonly name = "ConfigError";
  readonly issues: ConfigIssue[];

  constructor(said: string | Sentence, issues?: ConfigIssue[], options?: ErrorOptions) {
    super(said, 78, options);
    const { message, zh } = this;
    this.issues = issues ?? [{ path: "", message, ...(zh === undefined ? {} : { zh }) }];
  }
}
