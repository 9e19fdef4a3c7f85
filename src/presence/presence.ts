import type { Params } from "#protocol";
import type { PresenceEntry } from "#protocol/domains/presence.ts";
import type { EventBus } from "#src/lib/bus.ts";
import { Serialized } from "#src/lib/serialized.ts";

/** The most rows that are kept and sent; the oldest give way. */
const capacity = 200;
const timeToLiveMs = 300_000;

export interface PresenceOptions {
  bus: EventBus;
  now: () => number;
  /** At most one event in this span. */
  intervalMs: number;
  self: { host: string; ip?: string; version: string; platform: string };
}

/** Who is here. In memory only: whoever reconnects is here again. */
export interface Presence {
  /** A client came, or told something about itself. */
  note(key: string, entry: Omit<PresenceEntry, "ts">): void;
  /** A client went; its row stays for a while and says so. */
  left(key: string): void;
  beacon(params: Params<"system-event">): void;
  /** The rows, newest first, as JSON. */
  list(): Serialized<PresenceEntry[]>;
  readonly version: number;
  close(): void;
}

interface Row {
  entry: PresenceEntry;
  json: string;
}

export function createPresence({ bus, now, intervalMs, self }: PresenceOptions): Presence {
  // In order of change: the last is the newest.
  const rows = new Map<string, Row>();
  const startedAt = now();
  let version = 1;
  let timer: ReturnType<typeof setTimeout> | null = null;
  let lastSentAt = Number.NEGATIVE_INFINITY;

  const where = self.ip === undefined ? self.host : `${self.host} (${self.ip})`;
  const own: PresenceEntry = {
    ...self,
    mode: "gateway",
    reason: "self",
    text: `Gateway: ${where} · app ${self.version} · mode gateway · reason self`,
    ts: startedAt,
  };
  const ownJson = JSON.stringify(own);

  function expire(): void {
    const limit = now() - timeToLiveMs;
    for (const [key, row] of rows) {
      if (rows.size <= capacity - 1 && (row.entry.reason !== "disconnect" || row.entry.ts > limit)) break;
      rows.delete(key);
    }
  }

  function put(key: string, entry: PresenceEntry): void {
    const at = key.toLowerCase();
    rows.delete(at);
    rows.set(at, { entry, json: JSON.stringify(entry) });
    expire();
    version += 1;
    publish();
  }

  function publish(): void {
    if (timer !== null) return;
    const wait = lastSentAt + intervalMs - now();
    timer = setTimeout(send, Math.max(wait, 0));
  }

  function send(): void {
    timer = null;
    lastSentAt = now();
    bus.emit("presence", { presence: [...entries()] });
  }

  function* entries(): Generator<PresenceEntry> {
    yield* [...rows.values()].reverse().map((row) => row.entry);
    yield own;
  }

  return {
    note: (key, entry) => put(key, { ...entry, ts: now() }),
    left(key) {
      const row = rows.get(key.toLowerCase());
      if (row !== undefined) put(key, { ...row.entry, reason: "disconnect", ts: now() });
    },
    beacon(params) {
      const key = params.deviceId ?? params.instanceId ?? params.host ?? params.text;
      put(key, { ...rows.get(key.toLowerCase())?.entry, ...params, ts: now() });
    },
    list() {
      let text = "]";
      for (const row of rows.values()) text = `${row.json},${text}`;
      // Rows were put in front of one another, so the newest stands first and the gateway's own last.
      return new Serialized(`[${text.slice(0, -1)}${ownJson}]`);
    },
    get version() {
      return version;
    },
    close() {
      if (timer !== null) clearTimeout(timer);
      timer = null;
    },
  };
}
