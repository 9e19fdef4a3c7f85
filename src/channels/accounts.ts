/** Which accounts the config asks for; pure. */
import type { ListedChannel } from "./index.ts";
import { policyKeys } from "./policy.ts";
import type { AccountSection, ChannelSection, ChannelSections } from "./settings.ts";

/** What an account is opened with: its own settings and its channel's, merged. */
export type AccountSettings = Readonly<Record<string, unknown>>;

type Env = Readonly<Record<string, string | undefined>>;

/** The account that is meant where none is named, unless the config says otherwise. */
export const defaultAccountId = "default";

/** An account that the config asks for. */
export interface WantedAccount {
  listed: ListedChannel;
  accountId: string;
  name: string | null;
  enabled: boolean;
  /** Without policies, which are read for each message; references to secrets stand as they are written. */
  settings: AccountSettings;
  /** Where its credentials come from; null for a channel that has none in its settings. */
  tokenSource: "config" | "env" | "none" | null;
}

/** The accounts of every channel that this build has, the default one of each first. */
export function wantedAccounts(
  sections: ChannelSections,
  channels: readonly ListedChannel[],
  env: Env,
): WantedAccount[] {
  return channels.flatMap((listed) => {
    const section = sections[listed.id];
    if (section === undefined) return [];
    const ids = accountIdsOf(section, listed);
    const first = defaultOf(section, ids);
    return ids
      .toSorted((one, other) => Number(other === first) - Number(one === first))
      .map((accountId) => wantedAccount(section, listed, accountId, env));
  });
}

/** The ids of a channel's accounts; a channel that names none has the default one. */
export function accountIdsOf(section: ChannelSection, listed: ListedChannel): string[] {
  const named = Object.keys(section.accounts ?? {});
  const isImplied =
    named.length === 0 || (!named.includes(defaultAccountId) && hasCredentials(section, listed));
  return isImplied ? [defaultAccountId, ...named] : named;
}

/** The account that is meant where none is named. */
export function defaultOf(section: ChannelSection | undefined, ids: readonly string[]): string {
  const chosen = section?.defaultAccount;
  if (chosen !== undefined && ids.includes(chosen)) return chosen;
  return ids.includes(defaultAccountId) ? defaultAccountId : (ids[0] ?? defaultAccountId);
}

/** Whether any of the channel's credentials stands there. */
export function hasCredentials(settings: AccountSettings, { credentials = [] }: ListedChannel): boolean {
  return credentials.some((key) => settings[key] !== undefined && settings[key] !== "");
}

function wantedAccount(
  section: ChannelSection,
  listed: ListedChannel,
  accountId: string,
  env: Env,
): WantedAccount {
  const { accounts, defaultAccount: _, enabled = true, name, ...shared } = section;
  const own: AccountSection = accounts?.[accountId] ?? {};
  const isDefault = accountId === defaultAccountId;
  const { credentials = [], variables = {} } = listed;
  // Credentials are one account's: the others would be the same login.
  const inherited = isDefault ? shared : without(shared, credentials);
  const { enabled: isOn = true, name: ownName = isDefault ? name : undefined, ...rest } = own;
  const settings: Record<string, unknown> = without({ ...inherited, ...rest }, policyKeys);
  let tokenSource: WantedAccount["tokenSource"] = credentials.length === 0 ? null : "none";
  if (tokenSource !== null && hasCredentials(settings, listed)) tokenSource = "config";
  else if (isDefault) {
    for (const [key, variable] of Object.entries(variables)) {
      const value = env[variable];
      if (value === undefined || value === "") continue;
      settings[key] = value;
      tokenSource = "env";
    }
  }
  return { listed, accountId, name: ownName ?? null, enabled: enabled && isOn, settings, tokenSource };
}

function without(settings: AccountSettings, keys: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(Object.entries(settings).filter(([key]) => !keys.includes(key)));
}
