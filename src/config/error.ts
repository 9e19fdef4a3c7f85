import { StartError } from "#src/lib/start-error.ts";

/** One thing that is wrong or suspicious; the message ends with where, as `(moltbot.json:4:3)`. */
export interface ConfigIssue {
  /** As `models.providers.local.baseUrl` or `agents.list[0].id`; empty for the file as a whole. */
  path: string;
  message: string;
}

/** A setting that must not be started with: exit 78. */
export class ConfigError extends StartError {
  override readonly name = "ConfigError";
  readonly issues: ConfigIssue[];

  constructor(message: string, issues: ConfigIssue[] = [{ path: "", message }], options?: ErrorOptions) {
    super(message, 78, options);
    this.issues = issues;
  }
}
