/** Accounts as clients see them. */
import type { ChannelAccount, ChannelProbe } from "#protocol/domains/channels.ts";
import type { HealthSummary, Problem } from "#protocol/domains/health.ts";
import type { ProbeReport } from "./channel.ts";
import type { AccountManager, AccountView } from "./manager.ts";

/** How an account is, from what is known of it. */
export function toChannelAccount(manager: AccountManager, view: AccountView): ChannelAccount {
  const { wanted, facts, isSilent } = view;
  const { state, probe } = facts;
  const { listed, accountId, name, enabled, tokenSource } = wanted;
  const policy = manager.policy(listed.id, accountId);
  const isRunning = state.is !== "off" && state.is !== "stopped" && facts.lastStartAt !== null;
  const rests = state.is === "blocked" || state.is === "needs login";
  const problem = problemOf(view);
  return {
    accountId,
    ...(name === null ? {} : { name }),
    enabled,
    configured: tokenSource !== "none",
    ...(tokenSource === null ? { linked: state.is !== "needs login" && facts.lastConnectedAt !== null } : {}),
    running: isRunning && !rests,
    connected: state.is === "connected" && !isSilent,
    state: isSilent ? "silent" : state.is,
    stateSince: facts.stateSince,
    ...(state.is === "connected" && state.as !== undefined ? { as: state.as } : {}),
    waitingUntil: state.is === "waiting" ? state.until : null,
    reconnectAttempts: state.is === "waiting" ? state.attempt : 0,
    failures: facts.failures,
    lastError: problem?.message ?? facts.lastError?.message ?? null,
    lastErrorAt: facts.lastErrorAt,
    ...(problem?.hint === undefined ? {} : { hint: problem.hint }),
    lastConnectedAt: facts.lastConnectedAt,
    lastAliveAt: facts.lastAliveAt,
    lastStartAt: facts.lastStartAt,
    lastStopAt: facts.lastStopAt,
    lastInboundAt: facts.lastInboundAt,
    lastOutboundAt: facts.lastOutboundAt,
    lastProbeAt: facts.lastProbeAt,
    ...(probe === null ? {} : { probe: toProbe(probe) }),
    dmPolicy: policy.dmPolicy,
    allowFrom: policy.allowFrom,
    ...(tokenSource === null ? {} : { tokenSource }),
  };
}

/** What is the matter with an account now, and what its owner can do; null where nothing is. */
function problemOf({ wanted, facts, isSilent }: AccountView): { message: string; hint?: string } | null {
  const { state } = facts;
  const { listed, accountId } = wanted;
  if (isSilent) return { message: `${listed.label} has not answered for a while; it is asked on` };
  switch (state.is) {
    case "needs login":
      return {
        message: state.reason,
        hint: `log in: moltbot channels login ${listed.id} --account ${accountId}`,
      };
    case "blocked":
    case "waiting": {
      const { message, hint } = state.error;
      return hint === undefined ? { message } : { message, hint };
    }
    default:
      return null;
  }
}

function toProbe({ ok, as, findings, elapsedMs }: ProbeReport): ChannelProbe {
  return {
    ok,
    elapsedMs: Math.max(Math.round(elapsedMs), 0),
    error: ok ? null : (findings[0] ?? "no reason given"),
    findings,
    ...(as === undefined || as.name === "" ? {} : { bot: { username: as.name } }),
  };
}

/** Accounts by channel, each channel's default one first, in the order of the list. */
export function accountsByChannel(manager: AccountManager): Map<string, ChannelAccount[]> {
  const all = new Map<string, ChannelAccount[]>();
  for (const view of manager.views()) {
    const { id } = view.wanted.listed;
    all.set(id, [...(all.get(id) ?? []), toChannelAccount(manager, view)]);
  }
  return all;
}

/** A channel in short is its default account. */
export function summaryOf(accounts: readonly ChannelAccount[], accountId: string): ChannelAccount | null {
  return accounts.find((each) => each.accountId === accountId) ?? accounts[0] ?? null;
}

/** The channels of the config, in the form of the health summary. */
export function channelsHealth(
  manager: AccountManager,
): Pick<HealthSummary, "channels" | "channelOrder" | "channelLabels"> {
  const all = accountsByChannel(manager);
  const order = [...all.keys()];
  return {
    channels: Object.fromEntries(
      [...all].map(([id, accounts]) => [
        id,
        {
          ...summaryOf(accounts, manager.defaultAccountOf(id)),
          accounts: Object.fromEntries(accounts.map((account) => [account.accountId, account])),
        },
      ]),
    ),
    channelOrder: order,
    channelLabels: Object.fromEntries(order.map((id) => [id, manager.listedAs(id)?.label ?? id])),
  };
}

/** Accounts that their owner should look after. */
export function channelProblems(manager: AccountManager): Problem[] {
  return manager.views().flatMap((view) => {
    const problem = problemOf(view);
    const { listed, accountId } = view.wanted;
    if (problem === null) return [];
    const says = problem.hint === undefined ? problem.message : `${problem.message}; ${problem.hint}`;
    return [{ id: `channels.${listed.id}.${accountId}`, message: `${listed.label} ${accountId}: ${says}` }];
  });
}

/** A line for each account, for a person's status line. */
export function channelLines(manager: AccountManager): string[] {
  return manager.views().map((view) => {
    const { state, as } = toChannelAccount(manager, view);
    const { listed, accountId } = view.wanted;
    return `${listed.label} ${accountId}: ${state}${as === undefined ? "" : ` as ${as}`}`;
  });
}
