/** A platform with tokens and phones, made for tests: it connects, drops, hangs, forgets and refuses as it is told. */
import type { Account, AccountState, Channel, Host, ProbeReport } from "#src/channels/channel.ts";
import type { InboundEvent } from "#src/channels/inbound.ts";
import type { ListedChannel } from "#src/channels/index.ts";

/** One account as the platform sees it. */
export interface Line {
  readonly host: Host;
  readonly settings: Record<string, unknown>;
  /** Tells the gateway of a state, as the account would. */
  state(state: AccountState): void;
  /** Ends `run` with an error, as a bug would. */
  crash(error: Error): void;
  alive(): void;
  receive(events: readonly InboundEvent[], cursor?: { key: string; value: string }): Promise<void>;
}

export interface FakePlatform {
  readonly listed: ListedChannel;
  /** Accounts whose `run` is under way, by token or account id. */
  readonly lines: Map<string, Line>;
  /** How often an account was run. */
  readonly runs: string[];
  /** How many modules were loaded. */
  loads: number;
  /** The same account was run twice at a time. */
  overlaps: number;
  /** Tokens that the platform knows, and whose they are. */
  readonly tokens: Map<string, string>;
  /** The module itself cannot be loaded. */
  broken: boolean;
  /** Accounts do not end when they are told to. */
  stubborn: boolean;
  /** What is waited for in a login: the phone scans, or the login fails. */
  scan(): void;
  readonly loggedOut: string[];
  /** Resolves once an account of this name runs. */
  line(name: string): Promise<Line>;
}

export interface PlatformOptions {
  id?: string;
  /** False: people log in by a QR code only. */
  byToken?: boolean;
}

export function fakePlatform({ id = "fake", byToken = true }: PlatformOptions = {}): FakePlatform {
  const waiting = new Map<string, PromiseWithResolvers<Line>>();
  let scanned = Promise.withResolvers<void>();

  const channel: Channel<Record<string, unknown>> = {
    id,
    label: "Fake",
    open: (host) => openAccount(host),
    identity: (settings) => String(settings.token ?? settings.phone ?? Math.random()),
    logins: byToken ? [{ id: "token", label: "paste a token" }] : [{ id: "qr", label: "scan a QR code" }],
    async *login(flow, host, signal) {
      if (flow === "qr") {
        let turn = 0;
        for (;;) {
          turn++;
          const over = Promise.race([scanned.promise.then(() => "scanned"), aborted(signal)]);
          yield {
            show: "qr",
            payload: `fake:${turn}`,
            expiresAt: host.clock.now() + 20_000,
            text: "scan it",
          };
          const how = await over;
          if (how === "aborted") throw new Error("left");
          yield { wait: "the phone is being linked" };
          await host.store.set("session", "kept");
          return { settings: {}, as: "+1555", next: "write a message" };
        }
      }
      for (;;) {
        const token = yield { ask: "token", label: "Token", secret: true, hint: "from the fake father" };
        const name = platform.tokens.get(token);
        if (name !== undefined)
          return { settings: { token, allowFrom: ["42"] }, as: name, next: "press Start" };
        yield { tell: "that is no token of this platform" };
      }
    },
    async logout(host) {
      platform.loggedOut.push(host.account);
    },
  };

  function openAccount(host: Host<Record<string, unknown>>): Account {
    const name = String(host.settings.token ?? host.account);
    return {
      async run(signal) {
        platform.runs.push(name);
        if (platform.lines.has(name)) platform.overlaps++;
        const crashed = Promise.withResolvers<never>();
        const line: Line = {
          host,
          settings: host.settings,
          state: (state) => host.state(state),
          crash: (error) => crashed.reject(error),
          alive: () => host.alive(),
          receive: (events, cursor) => host.receive(events, cursor),
        };
        platform.lines.set(name, line);
        waiting.get(name)?.resolve(line);
        waiting.delete(name);
        try {
          host.state({ is: "connecting" });
          const as = platform.tokens.get(name);
          if (byToken && as === undefined) {
            host.state({
              is: "blocked",
              error: { kind: "auth", message: "the token is not known", hint: "make another" },
            });
          } else if (!byToken && host.store.get("session") === null) {
            host.state({ is: "needs login", reason: "no phone is linked" });
          } else {
            host.alive();
            host.state({ is: "connected", as: as ?? "+1555" });
          }
          if (platform.stubborn) await new Promise(() => {});
          await Promise.race([aborted(signal), crashed.promise]);
        } finally {
          platform.lines.delete(name);
        }
      },
      capabilities: () => {
        throw new Error("nobody asks in these tests");
      },
      resolve: async (id) => ({ kind: "direct", id }),
      measure: () => 0,
      async send(_part, { to }) {
        return { is: "sent", ref: { conversation: to, id: "1" } };
      },
      async probe(): Promise<ProbeReport> {
        const as = platform.tokens.get(name);
        if (byToken && as === undefined)
          return { ok: false, findings: ["the token is not known"], elapsedMs: 1 };
        return { ok: true, as: { id: "7", name: as ?? "+1555" }, findings: [], elapsedMs: 1 };
      },
    };
  }

  const platform: FakePlatform = {
    listed: {
      id,
      label: "Fake",
      async load() {
        platform.loads++;
        if (platform.broken) throw new Error("the module is broken");
        return channel as Channel;
      },
      ...(byToken ? { credentials: ["token"], variables: { token: "FAKE_TOKEN" } } : {}),
    },
    lines: new Map(),
    runs: [],
    loads: 0,
    overlaps: 0,
    tokens: new Map([
      ["tok-right-1", "right_bot"],
      ["tok-right-2", "second_bot"],
    ]),
    broken: false,
    stubborn: false,
    scan() {
      scanned.resolve();
      scanned = Promise.withResolvers();
    },
    loggedOut: [],
    line(name) {
      const there = platform.lines.get(name);
      if (there !== undefined) return Promise.resolve(there);
      const waiter = waiting.get(name) ?? Promise.withResolvers<Line>();
      waiting.set(name, waiter);
      return waiter.promise;
    },
  };
  return platform;
}

function aborted(signal: AbortSignal): Promise<"aborted"> {
  if (signal.aborted) return Promise.resolve("aborted");
  return new Promise((resolve) => {
    signal.addEventListener("abort", () => resolve("aborted"), { once: true });
  });
}
