import type { Log } from "#src/lib/log.ts";
import { type AccountFacts, createFacts, isSilent, noteState } from "./account-facts.ts";
import {
  type AccountSettings,
  accountIdsOf,
  defaultOf,
  type WantedAccount,
  wantedAccounts,
} from "./accounts.ts";
import type {
  Account,
  AccountState,
  AccountStore,
  Channel,
  ChannelClock,
  ChannelError,
  Host,
  ProbeReport,
} from "./channel.ts";
import { openHost, type Receive } from "./host.ts";
import type { ListedChannel } from "./index.ts";
import { type AccountPolicy, type PolicyConfig, resolvePolicy } from "./policy.ts";
import { findSecrets, type ReadSecret } from "./settings-secrets.ts";
import { type Supervised, supervise } from "./supervision.ts";

/** What accounts keep; the store's `AccountRows` is one. */
export interface AccountData {
  get(channel: string, account: string, key: string): string | null;
  write(channel: string, account: string, key: string, value: string): Promise<void>;
  delete(channel: string, account: string, key: string): Promise<void>;
  replace(channel: string, account: string, entries: ReadonlyMap<string, string>): Promise<void>;
  hasAny(channel: string, account: string): boolean;
}

export interface ManagerOptions {
  channels: readonly ListedChannel[];
  /** The config in force. */
  config: () => PolicyConfig & { channels: { defaults?: { silentMs?: number } } };
  env: () => Readonly<Record<string, string | undefined>>;
  data: AccountData;
  receive: Receive;
  readSecret: ReadSecret;
  clock: ChannelClock;
  log: Log;
  /** Something that people may see has changed. */
  changed: () => void;
  /** An account that was not open is being opened. */
  opened?: (channel: string, accountId: string) => void;
  /** An account has a connection, the first or another one. */
  connected?: (channel: string, accountId: string) => void;
  /** Counts an error of a channel's. */
  contained: (error: unknown) => void;
  /** How long an account may take to end what is under way. */
  drainMs?: number;
}

/** An account whose module is loaded and that can be asked to do things. */
export interface OpenAccount {
  readonly channel: string;
  readonly accountId: string;
  readonly account: Account;
  readonly state: AccountState;
  readonly settings: AccountSettings;
}

/** An account that the config names, open or not. */
export interface AccountView {
  wanted: WantedAccount;
  facts: Readonly<AccountFacts>;
  /** Connected by its own account, but nothing has proved it for too long. */
  isSilent: boolean;
  mode?: Account["mode"];
}

interface Slot {
  wanted: WantedAccount;
  facts: AccountFacts;
  /** With its secrets. */
  settings: AccountSettings;
  /** What it was opened by; another one opens it anew. */
  print: string;
  supervised: Supervised | null;
}

const standardDrainMs = 10_000;
const standardSilentMs = 90_000;

/** Opens, watches and closes the accounts that the config asks for. */
export type AccountManager = ReturnType<typeof createAccountManager>;

export function createAccountManager(options: ManagerOptions) {
  const { channels, config, env, data, clock, log, changed, contained } = options;
  const drainMs = options.drainMs ?? standardDrainMs;
  const slots = new Map<string, Slot>();
  const loads = new Map<string, Promise<Channel>>();
  /** Accounts that rest while somebody logs in. */
  const paused = new Set<string>();
  let running = false;
  let turn: Promise<void> = Promise.resolve();
  let policies = { config: config(), byAccount: new Map<string, AccountPolicy | null>() };

  function load({ id, load: get }: ListedChannel): Promise<Channel> {
    const loading = loads.get(id) ?? get();
    loads.set(id, loading);
    loading.catch(() => loads.delete(id));
    return loading;
  }

  const wantedNow = () => wantedAccounts(config().channels, channels, env());
  const listedAs = (channel: string) => channels.find(({ id }) => id === channel) ?? null;

  function hostFor(
    { listed, accountId }: Pick<WantedAccount, "listed" | "accountId">,
    settings: AccountSettings,
    more: {
      store?: AccountStore;
      state: (state: AccountState) => void;
      alive: () => void;
      receive?: Host["receive"];
    },
  ) {
    const channel = listed.id;
    return openHost({
      channel,
      account: accountId,
      settings,
      store: storeOf(data, channel, accountId),
      clock,
      log: log.child(`${channel}/${accountId}`),
      env: env(),
      receive: async (events, cursor) => {
        await options.receive(channel, accountId, events, cursor);
        const facts = slots.get(keyOf(channel, accountId))?.facts;
        if (facts !== undefined && events.length > 0) facts.lastInboundAt = clock.now();
      },
      ...more,
    });
  }

  function open(slot: Slot): Supervised {
    const { wanted, settings } = slot;
    return supervise({
      facts: slot.facts,
      clock,
      log: log.child(`${wanted.listed.id}/${wanted.accountId}`),
      open: async (host) => (await load(wanted.listed)).open(host),
      openHost: (told) =>
        hostFor(wanted, settings, {
          ...told,
          state(state) {
            told.state(state);
            if (state.is === "connected") options.connected?.(wanted.listed.id, wanted.accountId);
          },
        }),
      contained,
      changed,
      drainMs,
    });
  }

  /** What the account is opened with, or why it is not. */
  async function judge(
    wanted: WantedAccount,
    taken: Map<string, string>,
  ): Promise<{ settings: AccountSettings; rests: AccountFacts["state"] | null }> {
    const { listed, accountId, enabled, tokenSource } = wanted;
    const bare = { settings: wanted.settings };
    if (!enabled) return { ...bare, rests: { is: "off" } };
    if (tokenSource === "none") {
      return {
        ...bare,
        rests: {
          is: "needs login",
          reason: `it has no ${listed.credentials?.[0] ?? "login"}`,
          zh: `缺少 ${listed.credentials?.[0] ?? "登录"}`,
        },
      };
    }
    const { settings, missing } = await findSecrets(wanted.settings, options.readSecret);
    if (missing !== null) {
      const reason = `the secret ${missing} cannot be read`;
      return { ...bare, rests: { is: "needs login", reason, zh: `无法读取密钥 ${missing}` } };
    }
    const identity = await identityOf(listed, settings);
    if (identity === null) return { settings, rests: null };
    const other = taken.get(identity);
    if (other === undefined) {
      taken.set(identity, accountId);
      return { settings, rests: null };
    }
    const command = `moltbot channels remove ${listed.id} --account ${accountId}`;
    const error: ChannelError = {
      kind: "conflict",
      message: `it is the same login as account ${other}`,
      hint: `remove one of them: ${command}`,
      zh: { message: `与账号 ${other} 是同一个登录`, hint: `请移除其中一个：${command}` },
    };
    return { settings, rests: { is: "blocked", error } };
  }

  /** What fails here fails again when the account is opened, and is told there. */
  async function identityOf(listed: ListedChannel, settings: AccountSettings): Promise<string | null> {
    try {
      const identity = (await load(listed)).identity?.(settings);
      return identity === undefined ? null : `${listed.id} ${identity}`;
    } catch (error) {
      log.debug("an account's identity is not known", { channel: listed.id, error });
      return null;
    }
  }

  async function reconcileNow(): Promise<void> {
    if (!running) return;
    const taken = new Map<string, string>();
    const next = new Map<string, Slot & { rests: AccountFacts["state"] | null }>();
    for (const wanted of wantedNow()) {
      const key = keyOf(wanted.listed.id, wanted.accountId);
      const { settings, rests } = await judge(wanted, taken);
      const isPaused = paused.has(key);
      const print = JSON.stringify([settings, rests, isPaused]);
      const facts = slots.get(key)?.facts ?? createFacts(clock.now());
      const resting = rests ?? (isPaused ? ({ is: "stopped" } as const) : null);
      next.set(key, { wanted, facts, settings, print, supervised: null, rests: resting });
    }
    const leaving = [...slots].filter(([key, { print }]) => next.get(key)?.print !== print);
    await Promise.all(leaving.map(([, { supervised }]) => supervised?.close()));
    for (const [key] of leaving) slots.delete(key);
    for (const [key, { rests, ...slot }] of next) {
      const kept = slots.get(key);
      if (kept !== undefined) {
        kept.wanted = slot.wanted;
        continue;
      }
      slots.set(key, slot);
      if (rests === null && running) {
        slot.supervised = open(slot);
        options.opened?.(slot.wanted.listed.id, slot.wanted.accountId);
      } else if (rests !== null) noteState(slot.facts, rests, clock);
    }
    changed();
  }

  /** One after the other, so that an account is never open twice. */
  function reconcile(): Promise<void> {
    turn = turn.then(reconcileNow).catch((error: unknown) => {
      contained(error);
      log.error("the accounts could not be brought in line with the config", { error });
    });
    return turn;
  }

  function toOpen({ wanted, facts, settings, supervised }: Slot): OpenAccount | null {
    const account = supervised?.account ?? null;
    if (account === null) return null;
    return {
      channel: wanted.listed.id,
      accountId: wanted.accountId,
      account,
      settings,
      get state(): AccountState {
        const { state } = facts;
        return state.is === "stopped" || state.is === "off" ? { is: "connecting" } : state;
      },
    };
  }

  /** Null for an account that the config does not have. */
  function policyOf(channel: string, accountId: string): AccountPolicy | null {
    const now = config();
    if (policies.config !== now) policies = { config: now, byAccount: new Map() };
    const key = keyOf(channel, accountId);
    const known = policies.byAccount.get(key);
    if (known !== undefined) return known;
    const isWanted = wantedNow().some((each) => each.listed.id === channel && each.accountId === accountId);
    const policy = isWanted ? resolvePolicy(now, channel, accountId) : null;
    policies.byAccount.set(key, policy);
    return policy;
  }

  function defaultAccountOf(channel: string): string {
    const section = config().channels[channel];
    const listed = listedAs(channel);
    return defaultOf(section, section === undefined || listed === null ? [] : accountIdsOf(section, listed));
  }

  return {
    channels,
    listedAs,
    load,
    hostFor,
    identityOf,
    defaultAccountOf,
    /** From now on the accounts are what the config says. */
    start(): Promise<void> {
      running = true;
      return reconcile();
    },
    get isRunning() {
      return running;
    },
    /** After a change of the config: only accounts whose own settings differ are opened anew. */
    reconcile,
    /** Null where there is none, or where it is not open; without an id, the channel's default account. */
    find(channel: string, accountId?: string): OpenAccount | null {
      const slot = slots.get(keyOf(channel, accountId ?? defaultAccountOf(channel)));
      return slot === undefined ? null : toOpen(slot);
    },
    /** Every account that is open. */
    all(): OpenAccount[] {
      return [...slots.values()].flatMap((slot) => toOpen(slot) ?? []);
    },
    policyOf,
    /** The same, with the defaults for an account that the config no longer has. */
    policy: (channel: string, accountId: string): AccountPolicy =>
      policyOf(channel, accountId) ?? resolvePolicy(config(), channel, accountId),
    /** Every account that the config names, with what is known of it. */
    views(): AccountView[] {
      const silentMs = config().channels.defaults?.silentMs ?? standardSilentMs;
      return wantedNow().map((wanted) => {
        const slot = slots.get(keyOf(wanted.listed.id, wanted.accountId));
        const facts = slot?.facts ?? createFacts(clock.now());
        const mode = slot?.supervised?.account?.mode;
        return {
          wanted,
          facts,
          isSilent: isSilent(facts, silentMs, clock.now()),
          ...(mode === undefined ? {} : { mode }),
        };
      });
    },
    /** Looks at open accounts and keeps what was found. */
    async probe(signal: AbortSignal): Promise<void> {
      await Promise.all(
        [...slots.values()].map(async ({ facts, supervised }) => {
          const account = supervised?.account ?? null;
          if (account === null) return;
          facts.probe = await probeOf(account, clock, signal);
          facts.lastProbeAt = clock.now();
        }),
      );
      changed();
    },
    /** The account rests until the returned function is called. */
    async pause(channel: string, accountId: string): Promise<() => Promise<void>> {
      const key = keyOf(channel, accountId);
      paused.add(key);
      await reconcile();
      return () => {
        paused.delete(key);
        return reconcile();
      };
    },
    /** Ends every account; resolves when nothing is under way any more. */
    async stop(): Promise<void> {
      running = false;
      await turn;
      await Promise.all([...slots.values()].map(({ supervised }) => supervised?.close()));
    },
  };
}

/** What a look at the account finds; one that fails or does not come back is a finding itself. */
export async function probeOf(
  account: Account,
  clock: ChannelClock,
  signal: AbortSignal,
): Promise<ProbeReport> {
  const startedAt = clock.now();
  const { promise: given, reject } = Promise.withResolvers<never>();
  const late = () => reject(new Error("the platform did not answer in time"));
  if (signal.aborted) late();
  signal.addEventListener("abort", late, { once: true });
  try {
    return await Promise.race([account.probe(signal), given]);
  } catch (error) {
    const finding = error instanceof Error ? error.message : String(error);
    return { ok: false, findings: [finding], elapsedMs: Math.max(clock.now() - startedAt, 0) };
  } finally {
    signal.removeEventListener("abort", late);
  }
}

function keyOf(channel: string, accountId: string): string {
  return `${channel}/${accountId}`;
}

function storeOf(data: AccountData, channel: string, account: string): AccountStore {
  return {
    get: (key) => data.get(channel, account, key),
    set: (key, value) => data.write(channel, account, key, value),
    delete: (key) => data.delete(channel, account, key),
  };
}
