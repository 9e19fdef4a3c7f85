/** Levels of the log, the silent one first; a log at one level leaves out those after it. */
export const logLevels = ["silent", "fatal", "error", "warn", "info", "debug", "trace"] as const;

export type LogLevel = (typeof logLevels)[number];

/** Whether a line of this level belongs into a log of that one. */
export function isLogged(line: LogLevel, log: LogLevel): boolean {
  return logLevels.indexOf(line) <= logLevels.indexOf(log);
}
