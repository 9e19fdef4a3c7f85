import { GatewayError, messageOf } from "#src/lib/errors.ts";
import type { Log } from "#src/lib/log.ts";
import { type AccountFacts, noteState } from "./account-facts.ts";
import type { Account, AccountState, ChannelClock, Host } from "./channel.ts";
import { channelError } from "./error-words.ts";

export interface SupervisionOptions {
  facts: AccountFacts;
  clock: ChannelClock;
  log: Log;
  /** Loads the channel's module and opens the account. */
  open: (host: Host) => Promise<Account>;
  openHost: (told: { state: (state: AccountState) => void; alive: () => void }) => {
    host: Host;
    close(): void;
  };
  /** Told of what an account threw, which is a bug of its channel. */
  contained: (error: unknown) => void;
  /** Told of every change that people may see. */
  changed: () => void;
  /** How long an account may take to end what is under way. */
  drainMs: number;
}

/** An account that runs, and is started again where its code fails; nothing of it reaches the others. */
export interface Supervised {
  /** Null until it is opened. */
  readonly account: Account | null;
  /** Resolves when nothing of it is under way any more. */
  close(): Promise<void>;
}

const firstPauseMs = 1_000;
const longestPauseMs = 300_000;
/** A run of this length was no failure at the start: pauses begin anew. */
const steadyMs = 60_000;

export function supervise(options: SupervisionOptions): Supervised {
  const { facts, clock, log, contained, changed, drainMs } = options;
  const stop = new AbortController();
  let account: Account | null = null;
  let hosting: { close(): void } | null = null;

  function note(state: AccountState): void {
    const before = facts.state.is;
    noteState(facts, state, clock);
    if (before !== state.is) report(state);
    changed();
  }

  function report(state: AccountState): void {
    if (state.is === "connected") log.info("connected", { as: state.as });
    else if (state.is === "connecting") log.debug("connecting");
    else if (state.is === "needs login") log.warn("needs a login", { reason: state.reason });
    else {
      const { kind, message, hint, code } = state.error;
      log.warn(state.is === "waiting" ? "waiting" : "blocked", { kind, problem: message, hint, code });
    }
  }

  async function runOnce(): Promise<void> {
    const opened = options.openHost({
      state: note,
      alive() {
        facts.lastAliveAt = clock.now();
      },
    });
    hosting = opened;
    try {
      account = withOutboundNoted(await options.open(opened.host), facts, clock);
      if (stop.signal.aborted) return;
      facts.lastStartAt = clock.now();
      await account.run(stop.signal);
    } finally {
      opened.close();
    }
  }

  async function live(): Promise<void> {
    let attempt = 0;
    note({ is: "connecting" });
    while (!stop.signal.aborted) {
      const startedAt = clock.now();
      try {
        await runOnce();
        if (stop.signal.aborted || isAtRest(facts.state)) return;
        throw new Error("the account stopped by itself");
      } catch (error) {
        if (stop.signal.aborted) {
          if (error !== stop.signal.reason) log.warn("failed while it ended", { error });
          return;
        }
        if (error instanceof GatewayError) {
          note({ is: "blocked", error: channelError("invalid", error.told) });
          return;
        }
        contained(error);
        facts.failures += 1;
        attempt = clock.now() - startedAt > steadyMs ? 1 : attempt + 1;
        const until = clock.now() + pauseMs(attempt);
        log.error("failed, and is started again", { attempt, error });
        note({ is: "waiting", until, attempt, error: { kind: "protocol", message: messageOf(error) } });
        await clock.sleep(until - clock.now(), stop.signal);
      }
    }
  }

  const living = live();
  return {
    get account() {
      return account;
    },
    async close() {
      stop.abort(new DOMException("the account is closed", "AbortError"));
      const drained = new AbortController();
      const isOver = await Promise.race([
        living.then(() => true),
        clock.sleep(drainMs, drained.signal).then(() => false),
      ]);
      drained.abort();
      hosting?.close();
      if (!isOver) log.error("did not end when it was told to, and is left behind", { afterMs: drainMs });
      facts.lastStopAt = clock.now();
      noteState(facts, { is: "stopped" }, clock);
      changed();
    },
  };
}

/** Nothing is tried again by itself: the owner must act. */
function isAtRest({ is }: AccountFacts["state"]): boolean {
  return is === "blocked" || is === "needs login";
}

/** Twice as long each time, and never quite the same, so that accounts do not come back all at once. */
function pauseMs(attempt: number): number {
  const whole = Math.min(firstPauseMs * 2 ** (attempt - 1), longestPauseMs);
  return Math.round(whole * (0.75 + Math.random() / 4));
}

function withOutboundNoted(account: Account, facts: AccountFacts, clock: ChannelClock): Account {
  const send = account.send.bind(account);
  account.send = async (part, context) => {
    const outcome = await send(part, context);
    if (outcome.is === "sent") facts.lastOutboundAt = clock.now();
    return outcome;
  };
  return account;
}
