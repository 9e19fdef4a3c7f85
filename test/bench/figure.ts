import type { Subject } from "./subject.ts";

/** What is asked of a row: the gateway's own value, its ratio to the bare server's, or what it has above it. */
export type Goal = { of: "ours" | "ratio" | "difference"; atMost: number };

export interface RowSpec {
  says: string;
  unit: string;
  goal?: Goal;
  /** Whether the value holds on a busy machine; only then may a miss fail a build. */
  steady: boolean;
}

export interface StartOptions {
  withHistory?: boolean;
  env?: Record<string, string>;
  config?: object;
}

/** The server whose turn it is. */
export interface Bench {
  executable: string;
  executableBytes: number;
  /** Starts it with an empty state directory, or with the one that has a long transcript. */
  start(options?: StartOptions): Promise<Subject>;
}

/** One measurement and the rows that it gives values for. */
export interface Figure<Row extends string = string> {
  name: string;
  rows: Record<Row, RowSpec>;
  /** Whether the bare server has such a thing. */
  bare: boolean;
  /** Measurements in one round; one where absent. */
  times?: number;
  /** Why it cannot be measured on this machine, or null; it always can where this is absent. */
  unavailable?: () => string | null;
  /** In the first round alone: it takes more than a minute. */
  once?: boolean;
  measure: (bench: Bench) => Promise<Record<Row, number>>;
}

/** Holds the rows of a figure and the values that it measures together. */
export function defineFigure<Row extends string>(figure: Figure<Row>): Figure {
  return figure;
}
