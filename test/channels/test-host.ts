import type { AccountState, ChannelClock, Host, ManagedChild, ManagedSocket } from "#src/channels/channel.ts";
import type { InboundEvent } from "#src/channels/inbound.ts";
import type { Log } from "#src/lib/log.ts";
import type { Fields } from "#src/lib/log-text.ts";

/** Time that stands still until a test lets some of it pass. */
export class StillClock implements ChannelClock {
  private time = 1_700_000_000_000;
  private readonly sleepers = new Set<{ until: number; wake: () => void }>();

  now(): number {
    return this.time;
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    if (signal?.aborted) return Promise.resolve();
    return new Promise((resolve) => {
      const sleeper = { until: this.time + ms, wake: () => {} };
      const wake = () => {
        this.sleepers.delete(sleeper);
        signal?.removeEventListener("abort", wake);
        resolve();
      };
      sleeper.wake = wake;
      this.sleepers.add(sleeper);
      signal?.addEventListener("abort", wake, { once: true });
    });
  }

  pass(ms: number): void {
    this.time += ms;
    for (const sleeper of [...this.sleepers]) if (sleeper.until <= this.time) sleeper.wake();
  }

  /** How many wait for time to pass. */
  get asleep(): number {
    return this.sleepers.size;
  }
}

/** A gateway of one account, in memory: what an account may touch, and what it did. */
export class TestHost<Settings> implements Host<Settings> {
  readonly channel: string;
  readonly account = "default";
  readonly settings: Settings;
  readonly clock = new StillClock();
  readonly values = new Map<string, string>();
  readonly states: AccountState[] = [];
  readonly events: InboundEvent[] = [];
  readonly logged: { level: string; message: string; fields: Fields | undefined }[] = [];
  alives = 0;
  /** What a test lets happen when something is to be kept. */
  onReceive: (() => void) | null = null;
  private readonly watchers = new Set<() => void>();

  constructor(channel: string, settings: Settings) {
    this.channel = channel;
    this.settings = settings;
  }

  readonly fetch: typeof fetch = fetch;

  readonly store = {
    get: (key: string) => this.values.get(key) ?? null,
    set: async (key: string, value: string) => void this.values.set(key, value),
    delete: async (key: string) => void this.values.delete(key),
  };

  readonly log: Log = {
    debug: (message, fields) => this.note("debug", message, fields),
    info: (message, fields) => this.note("info", message, fields),
    warn: (message, fields) => this.note("warn", message, fields),
    error: (message, fields) => this.note("error", message, fields),
    child: () => this.log,
  };

  openSocket(): Promise<ManagedSocket> {
    return Promise.reject(new Error("this host opens no sockets"));
  }

  spawn(): ManagedChild {
    throw new Error("this host starts no programs");
  }

  async receive(events: readonly InboundEvent[], cursor?: { key: string; value: string }): Promise<void> {
    this.onReceive?.();
    this.events.push(...events);
    if (cursor !== undefined) this.values.set(cursor.key, cursor.value);
    this.changed();
  }

  state(state: AccountState): void {
    this.states.push(state);
    this.changed();
  }

  alive(): void {
    this.alives++;
    this.changed();
  }

  get last(): AccountState | undefined {
    return this.states.at(-1);
  }

  /** Once something is so. Rejects after five seconds, saying what was so instead. */
  until<T>(look: () => T | null | undefined | false): Promise<T> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.watchers.delete(check);
        reject(new Error(`not within 5 s; ${JSON.stringify({ states: this.states, events: this.events })}`));
      }, 5000);
      const check = () => {
        const found = look();
        if (found === null || found === undefined || found === false) return;
        clearTimeout(timer);
        this.watchers.delete(check);
        resolve(found);
      };
      this.watchers.add(check);
      check();
    });
  }

  /** Once the account's newest state is this one. */
  async untilState<Is extends AccountState["is"]>(is: Is): Promise<Extract<AccountState, { is: Is }>> {
    await this.until(() => this.last?.is === is);
    return this.last as Extract<AccountState, { is: Is }>;
  }

  private note(level: string, message: string, fields: Fields | undefined): void {
    this.logged.push({ level, message, fields });
  }

  private changed(): void {
    for (const watcher of [...this.watchers]) watcher();
  }
}
