/** Accounts as clients see them. */
import type { ChannelAccount, ChannelProbe } from "#protocol/domains/channels.ts";
import type { HealthSummary, Problem } from "#protocol/domains/health.ts";
import type { ProbeReport } from "./channel.ts";
import { inLanguage, type Language, type Words } from "./error-words.ts";
import type { AccountManager, AccountView } from "./manager.ts";

const texts = {
  en: {
    silent: (label: string) => `${label} has not answered for a while; it is asked on`,
    login: (command: string) => `log in: ${command}`,
  },
  zh: {
    silent: (label: string) => `${label} 已有一段时间没有应答；网关仍在继续询问`,
    login: (command: string) => `请登录：${command}`,
  },
};

/** How an account is, from what is known of it. */
export function toChannelAccount(
  manager: AccountManager,
  view: AccountView,
  language: Language = "en",
): ChannelAccount {
  const { wanted, facts, isSilent } = view;
  const { state, probe } = facts;
  const { listed, accountId, name, enabled, tokenSource } = wanted;
  const policy = manager.policy(listed.id, accountId);
  const isRunning = state.is !== "off" && state.is !== "stopped" && facts.lastStartAt !== null;
  const rests = state.is === "blocked" || state.is === "needs login";
  const problem = problemOf(view, language);
  const lastError = facts.lastError === null ? null : inLanguage(facts.lastError, language).message;
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
    ...(view.mode === undefined ? {} : { mode: view.mode }),
    ...(state.is === "connected" && state.as !== undefined ? { as: state.as } : {}),
    waitingUntil: state.is === "waiting" ? state.until : null,
    reconnectAttempts: state.is === "waiting" ? state.attempt : 0,
    failures: facts.failures,
    lastError: problem?.message ?? lastError,
    lastErrorAt: facts.lastErrorAt,
    ...(problem?.hint === undefined ? {} : { hint: problem.hint }),
    lastConnectedAt: facts.lastConnectedAt,
    lastAliveAt: facts.lastAliveAt,
    lastStartAt: facts.lastStartAt,
    lastStopAt: facts.lastStopAt,
    lastInboundAt: facts.lastInboundAt,
    lastOutboundAt: facts.lastOutboundAt,
    lastProbeAt: facts.lastProbeAt,
    ...(probe === null ? {} : { probe: toProbe(probe, language) }),
    dmPolicy: policy.dmPolicy,
    allowFrom: policy.allowFrom,
    ...(tokenSource === null ? {} : { tokenSource }),
  };
}

/** What is the matter with an account now, and what its owner can do; null where nothing is. */
function problemOf({ wanted, facts, isSilent }: AccountView, language: Language): Words | null {
  const { state } = facts;
  const { listed, accountId } = wanted;
  const say = texts[language];
  if (isSilent) return { message: say.silent(listed.label) };
  switch (state.is) {
    case "needs login":
      return {
        message: language === "zh" ? (state.zh ?? state.reason) : state.reason,
        hint: say.login(`moltbot channels login ${listed.id} --account ${accountId}`),
      };
    case "blocked":
    case "waiting":
      return inLanguage(state.error, language);
    default:
      return null;
  }
}

function toProbe({ ok, as, zh, elapsedMs, ...report }: ProbeReport, language: Language): ChannelProbe {
  const findings = language === "zh" ? (zh ?? report.findings) : report.findings;
  return {
    ok,
    elapsedMs: Math.max(Math.round(elapsedMs), 0),
    error: ok ? null : (findings[0] ?? "no reason given"),
    findings,
    ...(as === undefined || as.name === "" ? {} : { bot: { username: as.name.replace(/^@(?=.)/, "") } }),
  };
}

/** Accounts by channel, each channel's default one first, in the order of the list. */
export function accountsByChannel(
  manager: AccountManager,
  language: Language = "en",
): Map<string, ChannelAccount[]> {
  const all = new Map<string, ChannelAccount[]>();
  for (const view of manager.views()) {
    const { id } = view.wanted.listed;
    all.set(id, [...(all.get(id) ?? []), toChannelAccount(manager, view, language)]);
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
    const problem = problemOf(view, "en");
    const { listed, accountId } = view.wanted;
    if (problem === null) return [];
    const said = ({ message, hint }: Words, mark: string) =>
      `${listed.label} ${accountId}: ${hint === undefined ? message : `${message}${mark}${hint}`}`;
    const translated = problemOf(view, "zh") ?? problem;
    const zh = translated.message === problem.message ? {} : { zh: said(translated, "；") };
    return [{ id: `channels.${listed.id}.${accountId}`, message: said(problem, "; "), ...zh }];
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
