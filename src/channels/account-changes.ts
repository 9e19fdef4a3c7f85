/** Accounts added, removed and logged out while the gateway runs: written into the config, and in force at once. */
import { GatewayError } from "#src/lib/errors.ts";
import type { Log } from "#src/lib/log.ts";
import type { Sentence } from "#src/lib/sentence.ts";
import { type AccountSettings, accountIdsOf, defaultAccountId, hasCredentials } from "./accounts.ts";
import type { ProbeReport } from "./channel.ts";
import type { Language } from "./error-words.ts";
import type { ListedChannel } from "./index.ts";
import { type AccountData, type AccountManager, probeOf } from "./manager.ts";
import type { ChannelSection, ChannelSections } from "./settings.ts";
import { findSecrets, type ReadSecret, secretNameOf, secretsIn, splitSecrets } from "./settings-secrets.ts";
import { createStagedStore } from "./staged-store.ts";

export interface ChangesOptions {
  manager: AccountManager;
  /** `channels` of the config in force. */
  sections: () => ChannelSections;
  data: AccountData;
  secrets: {
    read: ReadSecret;
    keep(name: string, value: string): Promise<"keychain" | "file">;
    forget(name: string): Promise<void>;
  };
  /** What a config refers to a kept secret by. */
  referenceTo: (name: string) => string;
  /** Puts a JSON merge patch into the config file; resolves when it is in force. */
  patchConfig: (patch: Record<string, unknown>) => Promise<void>;
  log: Log;
}

export interface AccountName {
  channel: string;
  accountId?: string | undefined;
}

export interface NewAccount extends AccountName {
  token?: string;
  settings?: Record<string, unknown>;
  test?: boolean;
}

export interface Kept {
  keyIn: "keychain" | "file" | null;
  /** False where the config is not taken up before a restart. */
  applied: boolean;
}

/** How long a look at a new account may take. */
const lookMs = 15_000;

export type AccountChanges = ReturnType<typeof createAccountChanges>;

export function createAccountChanges(options: ChangesOptions) {
  const { manager, sections, data, secrets, patchConfig, log } = options;

  /** The channel, and the account's id as it stands in the config; throws where there is no such channel. */
  function named({ channel, accountId }: AccountName) {
    const listed = manager.listedAs(channel);
    if (listed === null) {
      const known = manager.channels.map(({ id }) => id);
      throw refused({
        en: `unknown channel: ${channel}; this gateway has ${known.join(", ") || "none"}`,
        zh: `没有渠道 ${channel}；本网关的渠道：${known.join("、") || "无"}`,
      });
    }
    const section = sections()[channel];
    return { listed, section, accountId: idOf(accountId ?? manager.defaultAccountOf(channel)) };
  }

  /** What the account is opened with today. */
  async function settingsToday(listed: ListedChannel, accountId: string): Promise<AccountSettings> {
    const view = manager
      .views()
      .find(({ wanted }) => wanted.listed.id === listed.id && wanted.accountId === accountId);
    if (view === undefined) return {};
    return (await findSecrets(view.wanted.settings, secrets.read)).settings;
  }

  /** Another account of the channel that is the same login; null where there is none. */
  async function sameLogin(listed: ListedChannel, accountId: string, settings: AccountSettings) {
    const identity = await manager.identityOf(listed, settings);
    if (identity === null) return null;
    for (const { wanted } of manager.views()) {
      if (wanted.listed.id !== listed.id || wanted.accountId === accountId || !wanted.enabled) continue;
      const { settings: others } = await findSecrets(wanted.settings, secrets.read);
      if ((await manager.identityOf(listed, others)) === identity) return wanted.accountId;
    }
    return null;
  }

  async function requireOwnLogin(listed: ListedChannel, accountId: string, settings: AccountSettings) {
    const other = await sameLogin(listed, accountId, settings);
    if (other === null) return;
    throw refused({
      en: `account ${other} of ${listed.id} is this login already; remove it first, or use another`,
      zh: `${listed.id} 的账号 ${other} 已使用此登录；请先移除它，或换一个登录`,
    });
  }

  /** Writes the account's settings down, secrets apart; nothing is left behind where that is refused. */
  async function keep(listed: ListedChannel, accountId: string, given: AccountSettings): Promise<Kept> {
    const section = sections()[listed.id];
    const { plain, secrets: found } = splitSecrets(given);
    const before = new Map<string, string | null>();
    const references: Record<string, string> = {};
    let keyIn: Kept["keyIn"] = null;
    for (const [key, value] of found) {
      const name = secretNameOf(listed.id, accountId, key);
      before.set(name, await secrets.read(name));
      keyIn = await secrets.keep(name, value);
      references[key] = options.referenceTo(name);
    }
    const settings = { ...united(plain, section, accountId), ...references };
    try {
      await patchConfig({ channels: { [listed.id]: sectionPatch(section, listed, accountId, settings) } });
    } catch (cause) {
      for (const [name, old] of before) {
        if (old === null) await secrets.forget(name);
        else await secrets.keep(name, old);
      }
      throw cause;
    }
    await manager.reconcile();
    const applied = accountIdsOf(sections()[listed.id] ?? {}, listed).includes(accountId);
    return { keyIn, applied: applied && sections()[listed.id] !== undefined && manager.isRunning };
  }

  async function look(
    listed: ListedChannel,
    accountId: string,
    settings: AccountSettings,
    signal: AbortSignal,
  ): Promise<ProbeReport> {
    const { host, close } = manager.hostFor({ listed, accountId }, settings, {
      store: createStagedStore().store,
      state: () => {},
      alive: () => {},
      receive: () => Promise.reject(new Error("a look at an account receives nothing")),
    });
    try {
      const channel = await manager.load(listed);
      return await probeOf(
        channel.open(host),
        host.clock,
        AbortSignal.any([signal, AbortSignal.timeout(lookMs)]),
      );
    } finally {
      close();
    }
  }

  /** Takes what was kept and the secrets of an account away. */
  async function forget(channel: string, accountId: string, settings: AccountSettings): Promise<boolean> {
    const had = data.hasAny(channel, accountId);
    await data.replace(channel, accountId, new Map());
    // What the owner named is the owner's.
    const own = secretsIn(settings).filter((name) =>
      Object.keys(settings).some((key) => secretNameOf(channel, accountId, key) === name),
    );
    for (const name of own) await secrets.forget(name);
    return had || own.length > 0;
  }

  return {
    named,
    settingsToday,
    requireOwnLogin,
    keep,
    /** What its platform refuses changes nothing. */
    async add(wanted: NewAccount, language: Language, signal: AbortSignal) {
      const { listed, accountId } = named(wanted);
      const given: Record<string, unknown> = { ...wanted.settings };
      const [credential] = listed.credentials ?? [];
      if (wanted.token !== undefined) {
        if (credential === undefined) {
          throw refused({
            en: `${listed.id} takes no token; log in with: moltbot channels login ${listed.id}`,
            zh: `${listed.id} 不使用令牌；请登录：moltbot channels login ${listed.id}`,
          });
        }
        given[credential] = tokenOf(wanted.token);
      }
      const settings = { ...(await settingsToday(listed, accountId)), ...given };
      if (credential !== undefined && !hasCredentials(settings, listed)) {
        throw refused({
          en: `${listed.id} needs a ${credential}; give it as token`,
          zh: `${listed.id} 需要 ${credential}；请以 token 给出`,
        });
      }
      await requireOwnLogin(listed, accountId, settings);
      const seen = wanted.test === false ? null : await look(listed, accountId, settings, signal);
      // Whom the platform knows is taken: what else was found is told, and mostly ends once the account connects.
      if (seen !== null && !seen.ok && seen.as === undefined) {
        const { findings, zh = findings } = seen;
        throw refused({
          en: `${listed.label} does not take it: ${findings.join("; ") || "no reason given"}`,
          zh: `${listed.label} 不接受：${zh.join("；") || "未说明原因"}`,
        });
      }
      const kept = await keep(listed, accountId, given);
      log.info("account added", { channel: listed.id, account: accountId, keyIn: kept.keyIn });
      return {
        channel: listed.id,
        accountId,
        as: seen?.as?.name ?? null,
        findings: (language === "zh" ? seen?.zh : undefined) ?? seen?.findings ?? [],
        ...kept,
      };
    },
    async remove(name: AccountName) {
      const { listed, section, accountId } = named(name);
      if (section === undefined || !accountIdsOf(section, listed).includes(accountId)) {
        throw refused(noAccount(listed, accountId));
      }
      const written = ownSettings(section, accountId);
      const settings = await settingsToday(listed, accountId);
      await patchConfig({ channels: { [listed.id]: removalPatch(section, listed, accountId) } });
      await manager.reconcile();
      await logoutAtPlatform(listed, accountId, settings);
      await forget(listed.id, accountId, written);
      log.info("account removed", { channel: listed.id, account: accountId });
      return { channel: listed.id, accountId, removed: true };
    },
    async logout(name: AccountName) {
      const { listed, section, accountId } = named(name);
      if (section === undefined || !accountIdsOf(section, listed).includes(accountId)) {
        throw refused(noAccount(listed, accountId));
      }
      const written = ownSettings(section, accountId);
      const settings = await settingsToday(listed, accountId);
      const resume = await manager.pause(listed.id, accountId);
      let loggedOut = false;
      try {
        loggedOut = await logoutAtPlatform(listed, accountId, settings);
        const present = (listed.credentials ?? []).filter((key) => written[key] !== undefined);
        if (present.length > 0) {
          const gone = Object.fromEntries(present.map((key) => [key, null]));
          const isNamed = section.accounts?.[accountId] !== undefined;
          await patchConfig({
            channels: {
              [listed.id]: {
                ...(accountId === defaultAccountId ? gone : {}),
                ...(isNamed ? { accounts: { [accountId]: gone } } : {}),
              },
            },
          });
        }
        const cleared = (await forget(listed.id, accountId, written)) || present.length > 0;
        const envToken = manager
          .views()
          .some(
            ({ wanted }) =>
              wanted.listed.id === listed.id &&
              wanted.accountId === accountId &&
              wanted.tokenSource === "env",
          );
        log.info("account logged out", { channel: listed.id, account: accountId, loggedOut });
        return { channel: listed.id, accountId, cleared, loggedOut, envToken };
      } finally {
        await resume();
      }
    },
  };

  /** True where the platform was told; where it cannot be, the credentials are forgotten all the same. */
  async function logoutAtPlatform(listed: ListedChannel, accountId: string, settings: AccountSettings) {
    const channel = await manager.load(listed);
    if (channel.logout === undefined) return false;
    const { host, close } = manager.hostFor({ listed, accountId }, settings, {
      state: () => {},
      alive: () => {},
    });
    try {
      await channel.logout(host);
      return true;
    } catch (error) {
      log.warn("the platform was not told of the logout", { channel: listed.id, account: accountId, error });
      return false;
    } finally {
      close();
    }
  }
}

function idOf(accountId: string): string {
  if (/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/.test(accountId)) return accountId;
  const asked = accountId.slice(0, 80);
  throw refused({
    en: `"${asked}" is no account id; use letters, digits, ".", "_" and "-"`,
    zh: `“${asked}”不能作为账号的标识；请使用字母、数字、“.”、“_”和“-”`,
  });
}

function tokenOf(token: string): string {
  const text = token.trim();
  if (text === "" || /[\s\p{Cc}]/u.test(text))
    throw refused({
      en: "the token is empty or has blanks in it; copy it again",
      zh: "令牌为空或含有空格；请重新复制",
    });
  return text;
}

/** What the config says of this account itself. */
function ownSettings(section: ChannelSection, accountId: string): AccountSettings {
  const { accounts, ...shared } = section;
  return { ...(accountId === defaultAccountId ? shared : {}), ...accounts?.[accountId] };
}

/** A list that a login brings, such as its owner's id, is added to what stands there. */
function united(settings: AccountSettings, section: ChannelSection | undefined, accountId: string) {
  const before: AccountSettings = { ...section, ...section?.accounts?.[accountId] };
  return Object.fromEntries(
    Object.entries(settings).map(([key, value]) => {
      const old = before[key];
      if (!Array.isArray(value) || !Array.isArray(old)) return [key, value];
      const texts = new Set(old.map(String));
      return [key, [...old, ...value.filter((each) => !texts.has(String(each)))]];
    }),
  );
}

function sectionPatch(
  section: ChannelSection | undefined,
  listed: ListedChannel,
  accountId: string,
  settings: AccountSettings,
): Record<string, unknown> {
  const isNamed = section?.accounts?.[accountId] !== undefined;
  if (accountId === defaultAccountId && !isNamed) return { enabled: true, ...settings };
  // The account that was there without a name keeps being there.
  const isImplied =
    section !== undefined &&
    Object.keys(section.accounts ?? {}).length === 0 &&
    (listed.credentials ?? []).length === 0;
  return {
    enabled: true,
    accounts: {
      ...(isImplied ? { [defaultAccountId]: {} } : {}),
      [accountId]: {
        ...settings,
        ...(section?.accounts?.[accountId]?.enabled === false ? { enabled: true } : {}),
      },
    },
  };
}

function removalPatch(section: ChannelSection, listed: ListedChannel, accountId: string) {
  const others = accountIdsOf(section, listed).filter((id) => id !== accountId);
  if (others.length === 0) return null;
  const isNamed = section.accounts?.[accountId] !== undefined;
  const credentials = accountId === defaultAccountId ? (listed.credentials ?? []) : [];
  const gone = credentials.filter((key) => section[key] !== undefined).map((key) => [key, null] as const);
  return {
    ...Object.fromEntries(gone),
    ...(section.defaultAccount === accountId ? { defaultAccount: null } : {}),
    ...(isNamed ? { accounts: { [accountId]: null } } : {}),
  };
}

function noAccount({ id }: ListedChannel, accountId: string): Sentence {
  return { en: `${id} has no account ${accountId}`, zh: `${id} 没有账号 ${accountId}` };
}

function refused(told: Sentence): GatewayError {
  return new GatewayError("INVALID_REQUEST", told);
}
