import type { Result } from "#protocol";
import type { ChannelLoginStep } from "#protocol/domains/channels.ts";
import type { AccountChanges } from "#src/channels/account-changes.ts";
import type { Logins, Progress } from "#src/channels/logins.ts";
import type { AccountManager } from "#src/channels/manager.ts";
import { accountsByChannel, summaryOf } from "#src/channels/report.ts";
import { GatewayError } from "#src/lib/errors.ts";
import type { Caller, DomainHandlers } from "./handler.ts";

export interface ChannelsRooms {
  manager: AccountManager;
  changes: AccountChanges;
  logins: Logins;
  now: () => number;
}

/** As the system of Apple's apps names its pictures. */
const systemImages: Readonly<Record<string, string>> = {
  telegram: "paperplane",
  whatsapp: "message",
  discord: "bubble.left.and.bubble.right",
  googlechat: "message.badge",
  slack: "number",
  signal: "antenna.radiowaves.left.and.right",
  imessage: "message.fill",
};

/** A channel's summary, where nothing is known of it: clients look for each of these. */
const unknown = {
  configured: false,
  running: false,
  connected: false,
  tokenSource: "none",
  mode: null,
  lastStartAt: null,
  lastStopAt: null,
  lastError: null,
  lastProbeAt: null,
};

export function channelsHandlers({
  manager,
  changes,
  logins,
  now,
}: ChannelsRooms): DomainHandlers<"channels"> {
  const ownerOf = ({ connectionId, signal, language }: Caller) => ({ connectionId, signal, language });

  function status(language: Caller["language"]): Result<"channels.status"> {
    const accounts = accountsByChannel(manager, language);
    const listed = manager.channels;
    const byId = <T>(entry: (id: string, label: string) => T) =>
      Object.fromEntries(listed.map(({ id, label }) => [id, entry(id, label)]));
    return {
      ts: now(),
      channelOrder: listed.map(({ id }) => id),
      channelLabels: byId((_, label) => label),
      channelDetailLabels: byId((_, label) => label),
      channelSystemImages: Object.fromEntries(
        listed.flatMap(({ id }) => (systemImages[id] === undefined ? [] : [[id, systemImages[id]]])),
      ),
      channelMeta: listed.map(({ id, label }) => ({
        id,
        label,
        detailLabel: label,
        ...(systemImages[id] === undefined ? {} : { systemImage: systemImages[id] }),
      })),
      channels: byId(
        (id): Record<string, unknown> => ({
          ...unknown,
          ...summaryOf(accounts.get(id) ?? [], manager.defaultAccountOf(id)),
        }),
      ),
      channelAccounts: byId((id) => accounts.get(id) ?? []),
      channelDefaultAccountId: byId((id) => manager.defaultAccountOf(id)),
    };
  }

  return {
    "channels.list": () => {
      const accounts = accountsByChannel(manager);
      return {
        channels: manager.channels.map(({ id, label, credentials }) => ({
          id,
          label,
          credential: credentials?.[0] ?? null,
          accounts: (accounts.get(id) ?? []).map(({ accountId }) => accountId),
        })),
      };
    },
    "channels.status": async ({ params, caller }) => {
      if (params.probe === true) {
        const deadline = AbortSignal.timeout(Math.max(params.timeoutMs ?? 10_000, 1_000));
        await manager.probe(AbortSignal.any([caller.signal, deadline]));
      }
      return status(caller.language);
    },
    "channels.add": ({ params, caller }) => changes.add(params, caller.language, caller.signal),
    "channels.remove": ({ params }) => changes.remove(params),
    "channels.logout": ({ params }) => {
      if (manager.listedAs(params.channel) === null) {
        throw new GatewayError("INVALID_REQUEST", "invalid channels.logout channel");
      }
      return changes.logout(params);
    },
    "channels.login.start": async ({ params, caller }) =>
      toProgress(await logins.start(params, ownerOf(caller))),
    "channels.login.continue": async ({ params, caller }) =>
      toProgress(await logins.continue(params, ownerOf(caller))),
    "channels.login.cancel": async ({ params, caller }) => ({
      cancelled: await logins.cancel(params.loginId, ownerOf(caller)),
    }),
  };
}

function toProgress({ step, flows, ...progress }: Progress): Result<"channels.login.start"> {
  return { ...progress, flows: flows.map(({ id, label }) => ({ id, label })), step: toStep(step) };
}

function toStep(step: Progress["step"]): ChannelLoginStep {
  if ("done" in step) {
    const { result, keyIn, applied } = step;
    return {
      kind: "done",
      as: result.as,
      ...(result.next === undefined ? {} : { next: result.next }),
      keyIn,
      applied,
    };
  }
  if ("ask" in step) {
    const { ask, label, secret, hint } = step;
    return { kind: "ask", ask, label, secret, ...(hint === undefined ? {} : { hint }) };
  }
  if ("tell" in step) return { kind: "tell", text: step.tell };
  if ("wait" in step) return { kind: "wait", text: step.wait };
  const { text, expiresAt } = step;
  return step.show === "qr"
    ? { kind: "qr", payload: step.payload, text, expiresAt }
    : { kind: "code", code: step.code, text, expiresAt };
}
