/** What a bot that answers us may do in a while, before we stop answering it. */
const turns = 5;
const withinMs = 2 * 60_000;
/** It is heard again after so long a silence. */
const quietMs = 10 * 60_000;
const mostTracked = 1_000;

/** Ends conversations that two programs lead with each other, each answering the other's last answer. */
export interface LoopBreaker {
  /** Counts a bot's message; false where it is not to be answered. */
  pass(bot: string, at: number): boolean;
}

export function createLoopBreaker(): LoopBreaker {
  const bots = new Map<string, { recent: number[]; muted: boolean; lastAt: number }>();
  return {
    pass(bot, at) {
      const known = bots.get(bot) ?? { recent: [], muted: false, lastAt: at };
      bots.delete(bot);
      bots.set(bot, known);
      const [oldest] = bots.keys();
      if (bots.size > mostTracked && oldest !== undefined) bots.delete(oldest);
      if (known.muted && at - known.lastAt >= quietMs) {
        known.muted = false;
        known.recent = [];
      }
      known.lastAt = at;
      if (known.muted) return false;
      known.recent = [...known.recent.filter((each) => at - each < withinMs), at];
      known.muted = known.recent.length > turns;
      return !known.muted;
    },
  };
}
