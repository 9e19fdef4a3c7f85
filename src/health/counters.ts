/** What the process had to do to stay up, by cause; health shows it. */
export interface Counters {
  shed(cause: string): void;
  contained(error: unknown): void;
  readonly sheds: Record<string, number>;
  readonly containedErrors: number;
}

/** Causes beyond this many are counted together. */
const maxCauses = 64;

export function createCounters(): Counters {
  const sheds = new Map<string, number>();
  let containedErrors = 0;
  return {
    shed(cause) {
      const name = sheds.has(cause) || sheds.size < maxCauses ? cause : "other";
      sheds.set(name, (sheds.get(name) ?? 0) + 1);
    },
    contained() {
      containedErrors += 1;
    },
    get sheds() {
      return Object.fromEntries(sheds);
    },
    get containedErrors() {
      return containedErrors;
    },
  };
}
