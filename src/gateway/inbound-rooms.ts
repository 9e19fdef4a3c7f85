import type { Database } from "bun:sqlite";
import type { AgentDirectory } from "#src/agents/directory.ts";
import type { Account } from "#src/channels/channel.ts";
import type { AccountPolicy } from "#src/channels/policy.ts";
import type { Config } from "#src/config/schema.ts";
import { createChannelTurns, type Replies } from "#src/inbox/channel-turns.ts";
import type { TurnHooks } from "#src/inbox/hooks.ts";
import { createIntake, type IntakeOptions } from "#src/inbox/intake.ts";
import { createKeepStore } from "#src/inbox/keep.ts";
import { createPairingStore } from "#src/inbox/pairing.ts";
import { createPlacing } from "#src/inbox/placing.ts";
import type { EventBus } from "#src/lib/bus.ts";
import { GatewayError } from "#src/lib/errors.ts";
import type { Log } from "#src/lib/log.ts";
import type { KeyDefaults } from "#src/sessions/key.ts";
import { maySend } from "#src/sessions/send-policy.ts";
import type { SessionStore } from "#src/sessions/store.ts";
import type { Transactor } from "#src/store/transactor.ts";

/** What of channels, accounts and the outbox a message on its way in meets. */
export interface Platforms extends Pick<IntakeOptions, "labelOf" | "writeCursor" | "say"> {
  /** Null for an account that the config does not have. */
  policy: (channel: string, account: string) => AccountPolicy | null;
  /** Null for one that is not open. */
  account: (channel: string, account: string) => Pick<Account, "fetchAttachment"> | null;
  replies: Replies;
}

export interface InboundOptions {
  db: Database;
  transactor: Transactor;
  sessions: SessionStore;
  bus: EventBus;
  config: () => Config;
  directory: () => AgentDirectory;
  keys: KeyDefaults;
  inbox: IntakeOptions["inbox"];
  platforms: Platforms;
  now: () => number;
  log: Log;
}

/** The rooms through which a channel's message becomes a turn. */
export type InboundRooms = ReturnType<typeof openInboundRooms>;

export function openInboundRooms(options: InboundOptions) {
  const { db, transactor, sessions, bus, config, directory, keys, platforms, now, log } = options;
  const pairing = createPairingStore(db, now);
  const keep = createKeepStore(db, now);
  const placing = createPlacing({
    keep,
    pairing,
    rules: () => ({
      bindings: config().bindings,
      hasAgent: (id) => directory().find(id) !== null,
      keys,
      dmScope: config().session.dmScope,
      identityLinks: config().session.identityLinks,
    }),
  });
  const intake = createIntake({
    ...platforms,
    transactor,
    keep,
    pairing,
    placing,
    inbox: options.inbox,
    activation: (key) => sessions.find(key)?.settings.groupActivation,
    burstMs(channel) {
      const { inbound } = config().messages;
      return inbound?.byChannel?.[channel] ?? inbound?.debounceMs ?? 0;
    },
    pairingChanged: () => bus.emit("pairing.changed", { ts: now() }),
    now,
    log,
    after(ms, then) {
      const timer = setTimeout(then, ms);
      return () => clearTimeout(timer);
    },
  });
  const hooks: TurnHooks = createChannelTurns({
    replies: platforms.replies,
    transactor,
    account: platforms.account,
    forget: keep.forget,
    mayReply: ({ key, channel, options: { origin } }) =>
      maySend(
        { key, channel, kind: origin?.kind ?? "direct", own: sessions.find(key)?.settings.sendPolicy },
        config().session.sendPolicy,
      ),
    maxBytes: (channel, account) => (platforms.policy(channel, account)?.mediaMaxMb ?? 0) * 1024 * 1024,
    ended: (key) => intake.ended(key),
    log,
  });

  return {
    pairing,
    intake,
    hooks,
    sessionOf: placing.sessionOf,
    depths: keep.depths,
    /** For the owner's command; null where nobody waits with the code. */
    async decideSender(verdict: "approve" | "deny", code: string) {
      try {
        const { sender, name, channel } = await intake[verdict](code);
        return { sender: name ?? sender, channel };
      } catch (error) {
        if (error instanceof GatewayError && error.code === "INVALID_REQUEST") return null;
        throw error;
      }
    },
  };
}
