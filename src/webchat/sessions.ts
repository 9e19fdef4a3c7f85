import { type ReadonlySignal, signal } from "@preact/signals";
import type { SessionRow } from "#protocol/domains/sessions.ts";
import { CallError, type Wire } from "./wire.ts";

/** The chats there are, most recently used first. */
export interface Sessions {
  readonly list: ReadonlySignal<readonly SessionRow[]>;
  /** Why the list could not be read. */
  readonly failure: ReadonlySignal<string | undefined>;
  /** Keys of chats with an answer that nobody here has looked at. */
  readonly unread: ReadonlySignal<ReadonlySet<string>>;
  refresh(): Promise<void>;
  rename(key: string, label: string): Promise<void>;
  remove(key: string): Promise<void>;
  mark(key: string, unread: boolean): void;
}

export function createSessions(wire: Wire): Sessions {
  const list = signal<readonly SessionRow[]>([]);
  const failure = signal<string | undefined>();
  const unread = signal<ReadonlySet<string>>(new Set());
  let latest = 0;

  async function refresh() {
    latest += 1;
    const mine = latest;
    try {
      const { sessions } = await wire.call("sessions.list", { limit: 200, includeDerivedTitles: true });
      // Answers may overtake each other; only the last question counts.
      if (mine !== latest) return;
      list.value = sessions;
      failure.value = undefined;
    } catch (error) {
      if (error instanceof CallError && error.code !== "DISCONNECTED") failure.value = error.message;
    }
  }

  return {
    list,
    failure,
    unread,
    refresh,
    async rename(key, label) {
      await wire.call("sessions.patch", { key, label: label === "" ? null : label });
      await refresh();
    },
    async remove(key) {
      await wire.call("sessions.delete", { key });
      await refresh();
    },
    mark(key, isUnread) {
      if (unread.value.has(key) === isUnread) return;
      const next = new Set(unread.value);
      if (isUnread) next.add(key);
      else next.delete(key);
      unread.value = next;
    },
  };
}

/** What a chat is called: its given name, else what it is about; the main chat goes by its role. */
export function titleOf(row: SessionRow | undefined, isMain: boolean): string | undefined {
  if (row === undefined) return undefined;
  return row.label || row.displayName || (isMain ? undefined : row.derivedTitle) || undefined;
}
