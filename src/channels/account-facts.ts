import type { AccountState, ChannelClock, ChannelError, ProbeReport } from "./channel.ts";

/** What has happened to an account, from its own reports and from what the gateway saw. Times are ms since 1970. */
export interface AccountFacts {
  /** `off` is not asked for, `stopped` not running yet or any more. */
  state: AccountState | { is: "off" } | { is: "stopped" };
  stateSince: number;
  lastStartAt: number | null;
  lastStopAt: number | null;
  lastConnectedAt: number | null;
  /** When the platform last proved to work. */
  lastAliveAt: number | null;
  lastInboundAt: number | null;
  lastOutboundAt: number | null;
  lastError: ChannelError | null;
  lastErrorAt: number | null;
  /** How often its code failed and was started again. */
  failures: number;
  probe: ProbeReport | null;
  lastProbeAt: number | null;
}

export function createFacts(now: number): AccountFacts {
  return {
    state: { is: "stopped" },
    stateSince: now,
    lastStartAt: null,
    lastStopAt: null,
    lastConnectedAt: null,
    lastAliveAt: null,
    lastInboundAt: null,
    lastOutboundAt: null,
    lastError: null,
    lastErrorAt: null,
    failures: 0,
    probe: null,
    lastProbeAt: null,
  };
}

/** Takes a report of the account's down. Connecting again after trouble leaves the trouble to be read. */
export function noteState(facts: AccountFacts, state: AccountFacts["state"], { now }: ChannelClock): void {
  const at = now();
  if (facts.state.is !== state.is) facts.stateSince = at;
  facts.state = state;
  if (state.is === "connected") {
    facts.lastConnectedAt = at;
    facts.lastError = null;
  }
  if (state.is === "waiting" || state.is === "blocked") {
    facts.lastError = state.error;
    facts.lastErrorAt = at;
  }
}

/** Whether an account says that it is connected, and nothing has proved it for longer than it may take. */
export function isSilent(facts: AccountFacts, silentMs: number, now: number): boolean {
  if (facts.state.is !== "connected") return false;
  return now - Math.max(facts.stateSince, facts.lastAliveAt ?? 0) > silentMs;
}
