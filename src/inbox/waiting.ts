import type { Accepted } from "./decide.ts";

/** Messages that wait for their session, in order. Their rows are still open: a crash finds them again. */
export interface WaitingLine {
  has(key: string): boolean;
  push(key: string, group: readonly Accepted[]): void;
  /** When the last of them arrived. */
  lastAt(key: string): number;
  /** Takes the first out, and with it those after it that make one turn with it: at most so many messages. */
  take(key: string, most: (first: Accepted) => number): Accepted[];
  /** What could not be dealt with goes back to its place. */
  putBack(key: string, group: readonly Accepted[]): void;
  clear(): void;
}

export function createWaitingLine(): WaitingLine {
  const lines = new Map<string, { groups: (readonly Accepted[])[]; lastAt: number }>();
  return {
    has: (key) => lines.has(key),
    push(key, group) {
      const line = lines.get(key) ?? { groups: [], lastAt: 0 };
      line.groups.push(group);
      line.lastAt = Math.max(line.lastAt, ...group.map(({ seenAt }) => seenAt));
      lines.set(key, line);
    },
    lastAt: (key) => lines.get(key)?.lastAt ?? 0,
    take(key, most) {
      const line = lines.get(key);
      const group = line?.groups.shift();
      const [first] = group ?? [];
      if (line === undefined || group === undefined || first === undefined) return [];
      const taken = [...group];
      const limit = most(first);
      for (let next = line.groups[0]; next !== undefined; next = line.groups[0]) {
        if (taken.length + next.length > limit || !isSamePlace(first, next[0])) break;
        taken.push(...next);
        line.groups.shift();
      }
      if (line.groups.length === 0) lines.delete(key);
      return taken;
    },
    putBack(key, group) {
      const line = lines.get(key) ?? { groups: [], lastAt: 0 };
      line.groups.unshift(group);
      line.lastAt = Math.max(line.lastAt, ...group.map(({ seenAt }) => seenAt));
      lines.set(key, line);
    },
    clear: () => lines.clear(),
  };
}

/** Whether two messages get one answer: it goes to one place, and to people with the same rights. */
function isSamePlace(one: Accepted, other: Accepted | undefined): boolean {
  return (
    other !== undefined &&
    one.channel === other.channel &&
    one.account === other.account &&
    one.conversation === other.conversation &&
    one.owner === other.owner
  );
}
