import type { Database } from "bun:sqlite";
import { createAccountChanges } from "#src/channels/account-changes.ts";
import { systemClock } from "#src/channels/clock.ts";
import type { Receive } from "#src/channels/host.ts";
import type { ListedChannel } from "#src/channels/index.ts";
import { createLogins } from "#src/channels/logins.ts";
import { type AccountView, createAccountManager } from "#src/channels/manager.ts";
import { channelLines, channelProblems, channelsHealth } from "#src/channels/report.ts";
import type { LiveConfig } from "#src/config/live.ts";
import { secretReference } from "#src/config/secret-reference.ts";
import type { Secrets } from "#src/config/secrets.ts";
import type { RootLog } from "#src/lib/log.ts";
import { channelsHandlers } from "#src/methods/channels.ts";
import { createAccountRows } from "#src/store/account-rows.ts";
import type { Transactor } from "#src/store/transactor.ts";

export interface ChannelRoomsOptions {
  db: Database;
  transactor: Transactor;
  channels: readonly ListedChannel[];
  live: LiveConfig;
  secrets: Secrets;
  /** Puts a JSON merge patch into the config file; resolves when it is in force. */
  patchConfig: (patch: Record<string, unknown>) => Promise<void>;
  receive: Receive;
  log: RootLog;
  now: () => number;
  changed: () => void;
  /** An account is in another state than before. */
  moved: () => void;
  contained: (error: unknown) => void;
  opened: (channel: string, accountId: string) => void;
  connected: (channel: string, accountId: string) => void;
}

/** The accounts on other platforms, and what is done with them. */
export type ChannelRooms = ReturnType<typeof openChannelRooms>;

export function openChannelRooms(options: ChannelRoomsOptions) {
  const { live, secrets, patchConfig, now, contained } = options;
  const log = options.log.child("channels");
  const config = () => live.current().config;
  const data = createAccountRows(options.db, options.transactor);
  const clock = systemClock();
  let states = "";

  /** Whoever looks at an account does not set off an event; a state that is another one does. */
  function noteChange(): void {
    options.changed();
    const now = manager.views().map(stateOf).join(" ");
    if (now !== states) options.moved();
    states = now;
  }

  const manager = createAccountManager({
    channels: options.channels,
    config,
    env: () => live.current().env,
    data,
    receive: options.receive,
    readSecret: secrets.read,
    clock,
    log,
    changed: noteChange,
    contained,
    opened: options.opened,
    connected: options.connected,
  });
  const changes = createAccountChanges({
    manager,
    sections: () => config().channels,
    data,
    secrets,
    referenceTo: secretReference,
    patchConfig,
    log,
  });
  const logins = createLogins({ manager, changes, data, clock, log, contained });
  live.listen(["channels", "env"], () => void manager.reconcile());
  return {
    manager,
    rows: data,
    handlers: channelsHandlers({ manager, changes, logins, now }),
    health: () => channelsHealth(manager),
    problems: () => channelProblems(manager),
    lines: () => channelLines(manager),
    async stop(): Promise<void> {
      await logins.stop();
      await manager.stop();
    },
  };
}

function stateOf({ wanted, facts, isSilent }: AccountView): string {
  return JSON.stringify([wanted.listed.id, wanted.accountId, facts.state, isSilent]);
}
