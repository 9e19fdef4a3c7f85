import type { Log } from "#src/lib/log.ts";
import type { AccountSettings } from "./accounts.ts";
import type { AccountState, AccountStore, ChannelClock, Host } from "./channel.ts";
import { spawnChild } from "./host-child.ts";
import { createFetch } from "./host-fetch.ts";
import type { InboundEvent } from "./inbound.ts";

/** Keeps what came in; resolves once it is on the disk. */
export type Receive = (
  channel: string,
  account: string,
  events: readonly InboundEvent[],
  cursor?: { key: string; value: string },
) => Promise<void>;

export interface HostOptions {
  channel: string;
  account: string;
  settings: AccountSettings;
  store: AccountStore;
  clock: ChannelClock;
  log: Log;
  /** What programs of the account may know of the gateway's environment. */
  env: Readonly<Record<string, string | undefined>>;
  receive: (events: readonly InboundEvent[], cursor?: { key: string; value: string }) => Promise<void>;
  state: (state: AccountState) => void;
  alive: () => void;
}

/** Of the gateway's environment, what a program needs to run at all. */
const passedOn = ["PATH", "HOME", "TMPDIR", "LANG", "LC_ALL", "SystemRoot"];

/** What an account may touch, until it is closed: then its sockets and programs end, and it is heard no more. */
export function openHost(options: HostOptions): { host: Host; close(): void } {
  const { channel, account, settings, store, clock, log } = options;
  const closing = new AbortController();
  const { signal } = closing;
  const proxy = typeof settings.proxy === "string" ? settings.proxy : null;
  const env = Object.fromEntries(
    passedOn.flatMap((name) => {
      const value = options.env[name];
      return value === undefined ? [] : [[name, value]];
    }),
  );
  const host: Host = {
    channel,
    account,
    settings,
    fetch: createFetch({ proxy, signal }),
    openSocket: async (url, more = {}) => {
      const { openSocket } = await import("./host-socket.ts");
      return openSocket(url, { ...more, proxy, signal });
    },
    spawn: (command, more = {}) => spawnChild(command, { env: { ...env, ...more.env }, signal, log }),
    store,
    clock,
    log,
    receive(events, cursor) {
      if (signal.aborted) return Promise.reject(new Error("the account is closed and receives nothing"));
      return options.receive(events, cursor);
    },
    state(state) {
      if (!signal.aborted) options.state(state);
    },
    alive() {
      if (!signal.aborted) options.alive();
    },
  };
  return { host, close: () => closing.abort(new DOMException("the account is closed", "AbortError")) };
}
