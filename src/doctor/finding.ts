/** One thing that was looked at. */
export interface Checked {
  /** Stable from version to version, for scripts. */
  id: string;
  verdict: "ok" | "warn" | "fail" | "skipped";
  message: string;
  /** What a person can do about it. */
  hint?: string;
  /** What `--fix` would do about it. */
  fix?: Fix;
}

/** The one of two texts that the reader understands. */
export type Say = (en: string, zh: string) => string;

/** A change that shows itself before it is made, and can be taken back. */
export type Fix =
  | { is: "mode"; path: string; from: number; to: number }
  | { is: "text"; path: string; from: string; to: string };
