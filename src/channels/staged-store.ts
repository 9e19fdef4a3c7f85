import type { AccountStore } from "./channel.ts";

/** What a login keeps, in memory until it has gone well, so that one that is given up leaves no trace. */
export function createStagedStore(): { store: AccountStore; entries: ReadonlyMap<string, string> } {
  const entries = new Map<string, string>();
  return {
    entries,
    store: {
      get: (key) => entries.get(key) ?? null,
      async set(key, value) {
        entries.set(key, value);
      },
      async delete(key) {
        entries.delete(key);
      },
    },
  };
}
