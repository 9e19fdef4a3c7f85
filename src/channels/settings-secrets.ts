import { isSecretKey } from "#src/lib/redact.ts";
import type { AccountSettings } from "./accounts.ts";

/** A secret that is kept outside of the config; null where there is none of that name. */
export type ReadSecret = (name: string) => Promise<string | null>;

/** The name in `${secret:NAME}`; null for other text. */
function nameIn(value: unknown): string | null {
  return typeof value === "string" ? (/^\$\{secret:([^}]+)\}$/.exec(value.trim())?.[1] ?? null) : null;
}

/** The settings with the secrets that they refer to, or the name of the first that is missing. */
export async function findSecrets(
  settings: AccountSettings,
  read: ReadSecret,
): Promise<{ settings: AccountSettings; missing: string | null }> {
  const found: Record<string, unknown> = { ...settings };
  for (const [key, value] of Object.entries(settings)) {
    const name = nameIn(value);
    if (name === null) continue;
    const secret = await read(name);
    if (secret === null) return { settings, missing: name };
    found[key] = secret;
  }
  return { settings: found, missing: null };
}

/** The names of the secrets that settings refer to. */
export function secretsIn(settings: AccountSettings): string[] {
  return Object.values(settings).flatMap((value) => nameIn(value) ?? []);
}

/** Settings that are secrets by the name of their key, apart from the others. */
export function splitSecrets(settings: AccountSettings): {
  plain: Record<string, unknown>;
  secrets: [key: string, value: string][];
} {
  const plain: Record<string, unknown> = {};
  const secrets: [string, string][] = [];
  for (const [key, value] of Object.entries(settings)) {
    if (typeof value === "string" && isSecretKey(key) && nameIn(value) === null) secrets.push([key, value]);
    else plain[key] = value;
  }
  return { plain, secrets };
}

/** Under which name an account's secret is kept. */
export function secretNameOf(channel: string, accountId: string, key: string): string {
  const plain = (text: string) => text.toLowerCase().replace(/[^a-z0-9_-]/g, "-");
  const name = `${plain(channel)}.${plain(accountId)}.${plain(key)}`;
  return name.length <= 64 ? name : `${name.slice(0, 47)}.${Bun.hash(name).toString(16).padStart(16, "0")}`;
}
