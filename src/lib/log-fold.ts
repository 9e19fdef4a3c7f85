/** A line of which some repeats were left out. */
export interface Folded<T> {
  line: T;
  count: number;
}

interface Window<T> {
  since: number;
  seen: number;
  last: T;
}

const span = 60_000;
const capacity = 500;

/**
 * Lets the first few equal lines of a minute through and counts the rest, so that one failure in a loop neither
 * fills the disk nor hides how often it happened.
 */
export class Folder<T> {
  private readonly windows = new Map<string, Window<T>>();
  private readonly most: number;

  constructor(most: number) {
    this.most = most;
  }

  /** Whether the line is written; if not, it is counted. */
  admit(key: string, line: T, now: number): boolean {
    const open = this.windows.get(key);
    if (open === undefined) {
      this.windows.set(key, { since: now, seen: 1, last: line });
      return true;
    }
    open.seen++;
    open.last = line;
    return open.seen <= this.most;
  }

  /** Ends the windows that are over, or too many (or all), and returns what they counted. */
  sweep(now: number, all = false): Folded<T>[] {
    const folded: Folded<T>[] = [];
    for (const [key, { since, seen, last }] of this.windows) {
      // In the order of their beginning: the first that is not over ends the search. A clock set back ends them too.
      const over = all || now - since >= span || now < since || this.windows.size > capacity;
      if (!over) break;
      this.windows.delete(key);
      if (seen > this.most) folded.push({ line: last, count: seen - this.most });
    }
    return folded;
  }
}
