import type { Receive } from "#src/channels/host.ts";
import { channels, type ListedChannel } from "#src/channels/index.ts";
import type { Handlers } from "#src/methods/handler.ts";
import { outboxHandlers } from "#src/methods/outbox.ts";
import { pairingHandlers } from "#src/methods/pairing.ts";
import type { SendingAccounts } from "#src/outbox/accounts.ts";
import { createOutbox } from "#src/outbox/outbox.ts";
import { canonicalKey } from "#src/sessions/key.ts";
import { type ChannelRoomsOptions, openChannelRooms } from "./channel-rooms.ts";
import { offerMenu } from "./command-menu.ts";
import { type InboundOptions, openInboundRooms } from "./inbound-rooms.ts";
import type { RequestFacts } from "./trust.ts";
import { createWebhookDoor } from "./webhook-door.ts";

/** What a test may put in the place of a part. */
export interface PlatformParts {
  /** The channels that there are; every one of this build where absent. */
  channels?: readonly ListedChannel[] | undefined;
  /** Takes what accounts receive; the inbox where absent. */
  receive?: Receive | undefined;
  /** The accounts on which messages are sent; those that the config opens where absent. */
  accounts?: SendingAccounts | undefined;
}

export interface PlatformOptions
  extends PlatformParts,
    Omit<InboundOptions, "platforms" | "log">,
    Omit<ChannelRoomsOptions, "channels" | "receive" | "opened" | "connected"> {
  stateDir: string;
}

/** The rooms between the platforms and the agent: accounts, what comes in, what goes out. */
export type PlatformRooms = ReturnType<typeof openPlatformRooms>;

export function openPlatformRooms(options: PlatformOptions) {
  const { db, transactor, bus, log, sessions, keys, now, changed, contained } = options;
  const listed = options.channels ?? channels;
  const accountRooms = openChannelRooms({
    ...options,
    channels: listed,
    receive: options.receive ?? ((...arrived) => inbound.intake.receive(...arrived)),
    // What came in for it while the config did not have it is decided now.
    opened: (channel, account) => {
      inbound.intake.accountOpened(channel, account).catch(contained);
    },
    connected: (channel, account) => {
      outbox.wakeAccount(channel, account);
      void offerMenu(manager.find(channel, account)?.account ?? null, log.child(`${channel}/${account}`));
    },
  });
  const { manager, rows } = accountRooms;
  const webhookDoor = createWebhookDoor(() => performance.now());
  const accounts = options.accounts ?? manager;
  const outbox = createOutbox({
    db,
    transactor,
    accounts,
    bus,
    log: log.child("outbox"),
    stateDir: options.stateDir,
    changed,
  });
  const inbound = openInboundRooms({
    ...options,
    log: log.child("inbox"),
    platforms: {
      policy: manager.policyOf,
      account: (channel, account) => manager.find(channel, account)?.account ?? null,
      labelOf: (channel) => listed.find(({ id }) => id === channel)?.label ?? channel,
      writeCursor: (channel, account, { key, value }) => rows.set(channel, account, key, value),
      say: outbox.say,
      replies: outbox.replies,
    },
  });
  const handlers: Pick<
    Handlers,
    | keyof typeof accountRooms.handlers
    | keyof ReturnType<typeof pairingHandlers>
    | keyof ReturnType<typeof outboxHandlers>
  > = {
    ...accountRooms.handlers,
    ...pairingHandlers(inbound),
    ...outboxHandlers({
      outbox,
      accounts,
      channels: listed.map(({ id }) => id),
      canonicalKey: (asked) => canonicalKey(asked, keys),
      sessionOf({ open: { channel, accountId, account }, to }) {
        const { threadKind } = account.capabilities(to);
        const place = threadKind === undefined ? to : { ...to, threadKind };
        return inbound.sessionOf(channel, accountId, place, manager.policy(channel, accountId));
      },
      mirror: (key, text, id) =>
        transactor.transact(() => {
          const content = [{ type: "text" as const, text }];
          sessions.append(key, { role: "assistant", content, timestamp: now(), id, stopReason: "injected" });
        }),
    }),
  };

  return {
    handlers,
    intake: inbound.intake,
    hooks: inbound.hooks,
    decideSender: inbound.decideSender,
    health: accountRooms.health,
    listed: listed.map(({ id }) => id),
    lines: accountRooms.lines,
    problems: () => [...accountRooms.problems(), ...outbox.problems()],
    depths: () => ({ outbox: outbox.depths(), inbound: inbound.depths() }),
    /** Opens the accounts, and takes up what an earlier process left; the turns are taken up before. */
    async start(isControlPlaneOnly: boolean): Promise<void> {
      await Promise.all([outbox.recover(), inbound.intake.recover()]);
      if (!isControlPlaneOnly) await manager.start();
    },
    /** The account that is called at this path, and by this public name where one is given; null where none is. */
    webhookAt(
      path: string,
      host?: string,
    ): ((request: Request, facts: RequestFacts) => Promise<Response>) | null {
      for (const { account, settings } of manager.all()) {
        if (account.webhook === undefined || webhookPathOf(settings) !== path) continue;
        if (host !== undefined && webhookHostOf(settings) !== host) continue;
        const webhook = account.webhook.bind(account);
        return (request, facts) => webhookDoor(path, webhook, request, facts);
      }
      return null;
    },
    prune: () => Promise.all([inbound.intake.prune(), outbox.prune()]),
    /** What is being sent is finished; then the accounts are closed. */
    async stop(graceMs: number): Promise<void> {
      inbound.intake.stop();
      await outbox.stop(graceMs);
      await accountRooms.stop();
    },
  };
}

/** Where an account is called: what it says, else the path of the address that it gave the platform. */
function webhookPathOf({ webhookPath, webhookUrl }: Readonly<Record<string, unknown>>): string | null {
  if (typeof webhookPath === "string") return webhookPath.startsWith("/") ? webhookPath : `/${webhookPath}`;
  return typeof webhookUrl === "string" ? (URL.parse(webhookUrl)?.pathname ?? null) : null;
}

/** The name by which its platform calls an account. */
function webhookHostOf({ webhookUrl }: Readonly<Record<string, unknown>>): string | null {
  return typeof webhookUrl === "string" ? (URL.parse(webhookUrl)?.hostname ?? null) : null;
}
