/** The part of the config that says which models there are and who uses which; names as the original has them. */
export interface ModelsConfig {
  models?: ProvidersConfig | undefined;
  agents?:
    | {
        defaults?:
          | {
              model?: ModelSetting | undefined;
              /** `provider/model` → `{alias}`, its short name. Where it has entries, only those may be used. */
              models?: unknown;
              contextTokens?: number | undefined;
              compaction?: { mode?: string | undefined } | undefined;
            }
          | undefined;
        list?: readonly { id?: string | undefined; model?: ModelSetting | undefined }[] | undefined;
      }
    | undefined;
}

export type ModelSetting =
  | string
  | { primary?: string | undefined; fallbacks?: readonly string[] | undefined };

export interface ProvidersConfig {
  /** `replace` leaves out what the environment alone would add. */
  mode?: string | undefined;
  providers?: Record<string, ProviderConfig | undefined> | undefined;
}

export interface ProviderConfig {
  baseUrl?: string | undefined;
  apiKey?: string | undefined;
  api?: string | undefined;
  authHeader?: boolean | undefined;
  headers?: Record<string, string> | undefined;
  models?: readonly ModelConfig[] | undefined;
}

export interface ModelConfig {
  id?: string | undefined;
  name?: string | undefined;
  api?: string | undefined;
  contextWindow?: number | undefined;
  maxTokens?: number | undefined;
  reasoning?: boolean | undefined;
  input?: readonly string[] | undefined;
  headers?: Record<string, string> | undefined;
  /** `{input, output, cacheRead, cacheWrite}` in US dollars per million tokens. */
  cost?: unknown;
}

/** What a `model` setting says; null where there is none. */
export function modelChoice(
  setting: ModelSetting | undefined,
): { primary?: string; fallbacks?: readonly string[] } | null {
  if (typeof setting === "string") return setting.trim() === "" ? null : { primary: setting.trim() };
  if (typeof setting !== "object" || setting === null) return null;
  const primary = typeof setting.primary === "string" ? setting.primary.trim() : "";
  const fallbacks = Array.isArray(setting.fallbacks)
    ? setting.fallbacks.filter((ref: unknown) => typeof ref === "string" && ref.trim() !== "")
    : undefined;
  if (primary === "" && fallbacks === undefined) return null;
  return { ...(primary === "" ? {} : { primary }), ...(fallbacks === undefined ? {} : { fallbacks }) };
}

/** Short names by lower-cased alias, and every reference that the map lists. */
export function aliasesOf(models: unknown): { byName: Map<string, string>; listed: string[] } {
  const byName = new Map<string, string>();
  if (typeof models !== "object" || models === null || Array.isArray(models)) return { byName, listed: [] };
  for (const [ref, entry] of Object.entries(models as Record<string, unknown>)) {
    const alias = typeof entry === "object" && entry !== null && "alias" in entry ? entry.alias : undefined;
    if (typeof alias === "string" && alias.trim() !== "") byName.set(alias.trim().toLowerCase(), ref);
  }
  return { byName, listed: Object.keys(models) };
}
