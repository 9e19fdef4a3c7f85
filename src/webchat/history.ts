import { batch, type ReadonlySignal, signal } from "@preact/signals";
import type { Result } from "#protocol";
import type { ChatMessage } from "#protocol/domains/chat.ts";
import { PAGE } from "./ahead.ts";
import { mergePage } from "./rows.ts";
import { CallError, type Wire } from "./wire.ts";

/** Pages that nobody looks at one by one. */
const LARGE_PAGE = 200;

/** What a session has kept, newest page first. */
export interface History {
  readonly messages: ReadonlySignal<readonly ChatMessage[]>;
  /** The newest page has been read. */
  readonly loaded: ReadonlySignal<boolean>;
  readonly hasMore: ReadonlySignal<boolean>;
  readonly failure: ReadonlySignal<string | undefined>;
  /** Reads the newest page again; whoever asks while it is being read gets one more reading. */
  refresh(): Promise<void>;
  loadEarlier(): Promise<void>;
  /** Reads older pages until one has what is sought; says whether any has. They appear at once, at the end. */
  loadUntil(sought: (message: ChatMessage) => boolean, signal?: AbortSignal): Promise<boolean>;
}

export type InFlight = Result<"chat.history">["inFlightRun"];

/** `read` is told, within the same update of the screen, which run is writing. */
export function createHistory(wire: Wire, key: string, read: (inFlight: InFlight) => void): History {
  const messages = signal<readonly ChatMessage[]>([]);
  const loaded = signal(false);
  const hasMore = signal(false);
  const failure = signal<string | undefined>();
  let sessionId: string | undefined;
  let cursor: string | undefined;

  function failed(error: unknown) {
    if (error instanceof CallError && error.code !== "DISCONNECTED") failure.value = error.message;
  }

  async function readNewest() {
    try {
      const page = await (wire.takeAhead(key) ?? wire.call("chat.history", { sessionKey: key, limit: PAGE }));
      batch(() => {
        const known = page.sessionId === sessionId ? messages.value : [];
        const merged = mergePage(known, page.messages);
        // An older page that is still joined on stays; its own cursor is the one to go on from.
        if (merged.length === page.messages.length) {
          hasMore.value = page.hasMore;
          cursor = page.nextCursor;
        }
        sessionId = page.sessionId;
        messages.value = merged;
        read(page.inFlightRun);
        loaded.value = true;
        failure.value = undefined;
      });
    } catch (error) {
      failed(error);
    }
  }

  // One reading at a time, and one more for whoever asked meanwhile.
  let reading: Promise<void> | undefined;
  let queued: Promise<void> | undefined;
  function refresh(): Promise<void> {
    if (reading === undefined) {
      reading = readNewest().finally(() => {
        reading = undefined;
      });
      return reading;
    }
    queued ??= reading.then(() => {
      queued = undefined;
      return refresh();
    });
    return queued;
  }

  /** Reads older pages as long as `goOn` says so, then shows them all. */
  async function readOlder(limit: number, goOn: (page: readonly ChatMessage[]) => boolean) {
    const pages: (readonly ChatMessage[])[] = [];
    const oldest = messages.value[0];
    let next = hasMore.value ? cursor : undefined;
    try {
      while (next !== undefined) {
        const page = await wire.call("chat.history", { sessionKey: key, limit, cursor: next });
        // A reset meanwhile has made this page somebody else's past, and so has a newer page with a hole before it.
        if (page.sessionId !== sessionId || messages.value[0] !== oldest) return;
        pages.unshift(page.messages);
        next = page.hasMore ? page.nextCursor : undefined;
        if (!goOn(page.messages)) break;
      }
    } catch (error) {
      failed(error);
    }
    if (pages.length === 0 || messages.value[0] !== oldest) return;
    cursor = next;
    batch(() => {
      messages.value = [...pages.flat(), ...messages.value];
      hasMore.value = next !== undefined;
    });
  }

  let reachingBack: Promise<void> | undefined;
  function reachBack(limit: number, goOn: (page: readonly ChatMessage[]) => boolean): Promise<void> {
    reachingBack = readOlder(limit, goOn).finally(() => {
      reachingBack = undefined;
    });
    return reachingBack;
  }

  return {
    messages,
    loaded,
    hasMore,
    failure,
    refresh,
    loadEarlier: () => reachingBack ?? reachBack(PAGE, () => false),
    async loadUntil(sought, signal) {
      while (reachingBack !== undefined) await reachingBack;
      let found = false;
      await reachBack(LARGE_PAGE, (page) => {
        found = page.some(sought);
        return !found && signal?.aborted !== true;
      });
      return found;
    },
  };
}
