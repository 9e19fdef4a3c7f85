/** What the process ends with; a supervisor does not start again after `alreadyRunning` and `config`. */
export const exits = {
  ok: 0,
  failure: 1,
  usage: 2,
  alreadyRunning: 3,
  notRunning: 4,
  unavailable: 69,
  /** The gateway is to be started again by its supervisor. */
  restart: 75,
  permission: 77,
  config: 78,
} as const;

export type Exit = (typeof exits)[keyof typeof exits];

/** Ends a command: the message goes to stderr as it is, the hint below it. */
export class CliError extends Error {
  override readonly name: string = "CliError";
  readonly exit: Exit;
  /** What to do about it. */
  readonly hint: string | undefined;

  constructor(exit: Exit, message: string, hint?: string, options?: ErrorOptions) {
    super(message, options);
    this.exit = exit;
    this.hint = hint;
  }
}

/** The command line itself is wrong. */
export class UsageError extends CliError {
  override readonly name = "UsageError";

  constructor(message: string, hint?: string) {
    super(exits.usage, message, hint);
  }
}
