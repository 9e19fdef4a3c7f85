import { secretNameOf } from "#src/config/secret-reference.ts";
import type { Sentence } from "#src/lib/sentence.ts";
import { type Price, toPrice } from "#src/usage/price.ts";
import type { ModelConfig, ProviderConfig, ProvidersConfig } from "./model-choice.ts";
import {
  type DefaultProvider,
  defaultProviders,
  keyVariableOf,
  knownProvider,
  type SpokenApi,
  spokenApis,
} from "./provider-defaults.ts";

export interface ProviderModel {
  name: string;
  api?: SpokenApi;
  contextWindow?: number;
  maxTokens?: number;
  reasoning: boolean;
  input: readonly string[];
  headers: Record<string, string>;
  price?: Price;
}

/** A provider that can be asked: it has an address, a wire format that we speak, and its key if it needs one. */
export interface Provider {
  id: string;
  source: "config" | "environment";
  api: SpokenApi;
  baseUrl: string;
  apiKey?: string;
  /** The name under which the key is kept, where the config refers to it; it is read when it is needed. */
  secret?: string;
  keyFrom: string | null;
  /** Where the key is, or would be set. */
  keyPlace: string;
  bearer: boolean;
  headers: Record<string, string>;
  models: Map<string, ProviderModel>;
  /** The config names the models; what is known of a provider otherwise may not be all that it has. */
  listed: boolean;
}

type Env = Record<string, string | undefined>;

/** Configured providers first, then those that the environment's keys add. What can't be used goes to `problems`. */
export function readProviders(
  config: ProvidersConfig | undefined,
  env: Env,
  problems: Sentence[],
): Provider[] {
  const found: Provider[] = [];
  const mentioned = new Set<string>();
  for (const [name, entry] of Object.entries(config?.providers ?? {})) {
    const id = name.toLowerCase();
    mentioned.add(id);
    const provider: Provider | Sentence =
      entry === undefined || typeof entry !== "object"
        ? {
            en: `models.providers.${name} must be an object with baseUrl and models`,
            zh: `models.providers.${name} 必须是包含 baseUrl 和 models 的对象`,
          }
        : fromConfig(id, name, entry, env, problems);
    if ("en" in provider) problems.push(provider);
    else found.push(provider);
  }
  if (config?.mode === "replace") return found;
  for (const known of defaultProviders) {
    if (mentioned.has(known.id)) continue;
    const provider = fromEnvironment(known, env);
    if (provider === null) continue;
    if ("en" in provider) problems.push(provider);
    else found.push(provider);
  }
  return found;
}

function fromConfig(
  id: string,
  name: string,
  entry: ProviderConfig,
  env: Env,
  problems: Sentence[],
): Provider | Sentence {
  const place = `models.providers.${name}`;
  const known = knownProvider(id);
  const api = spokenOr(entry.api ?? known?.api ?? "openai-completions");
  if (api === null) return unspoken(place, entry.api);
  const address = entry.baseUrl ?? baseUrlOf(known, env);
  if (address === undefined)
    return {
      en: `${place} has no baseUrl; set it to the address of the server's API`,
      zh: `${place} 没有 baseUrl；请设为服务器 API 的地址`,
    };
  const baseUrl = httpUrl(address);
  if (baseUrl === null)
    return {
      en: `${place}.baseUrl is not an http or https address`,
      zh: `${place}.baseUrl 不是 http 或 https 地址`,
    };
  const variable = known?.keyVariable ?? keyVariableOf(id);
  const isKnownPlace = known !== null && baseFor(known.baseUrl) === baseFor(baseUrl);
  const key = keyFromConfig(entry.apiKey, `${place}.apiKey`, env) ?? keyFromVariable(variable, env);
  const headers = texts(entry.headers);
  // A plain http endpoint is a server of one's own, which rarely asks for a key.
  if (key === null && baseUrl.startsWith("https:") && !carriesKey(headers)) {
    return {
      en: `${place} has no key; add it with: moltbot model add ${id} (or set ${variable} in the gateway's environment)`,
      zh: `${place} 没有密钥；请用 moltbot model add ${id} 添加（或在网关的环境中设置 ${variable}）`,
    };
  }
  const models = new Map<string, ProviderModel>();
  for (const model of Array.isArray(entry.models) ? entry.models : []) {
    if (typeof model?.id !== "string" || model.id === "") continue;
    const own = model.api === undefined ? undefined : spokenOr(model.api);
    if (own === null) problems.push(unspoken(`${place}.models ${model.id}`, model.api));
    else {
      // A price of the provider's own list counts only where the provider itself is asked.
      const price = isKnownPlace ? known.models.find(({ id }) => id === model.id)?.price : undefined;
      models.set(model.id, { ...(price === undefined ? {} : { price }), ...toModel(model, own) });
    }
  }
  const listed = models.size > 0;
  if (!listed) for (const model of known?.models ?? []) models.set(model.id, toModel(model));
  return {
    id,
    source: "config",
    api,
    baseUrl: baseFor(baseUrl),
    ...(key?.value === undefined ? {} : { apiKey: key.value }),
    ...(key?.secret === undefined ? {} : { secret: key.secret }),
    keyFrom: key?.from ?? null,
    keyPlace: key?.from ?? `${place}.apiKey`,
    bearer: entry.authHeader === true,
    headers,
    models,
    listed,
  };
}

function fromEnvironment(known: DefaultProvider, env: Env): Provider | Sentence | null {
  const key = known.keyVariable === undefined ? null : keyFromVariable(known.keyVariable, env);
  if (key?.value === undefined) return null;
  const baseUrl = httpUrl(baseUrlOf(known, env) ?? known.baseUrl);
  if (baseUrl === null)
    return {
      en: `${known.baseUrlVariable} is not an http or https address; ${known.id} is not used`,
      zh: `${known.baseUrlVariable} 不是 http 或 https 地址；未使用 ${known.id}`,
    };
  return {
    id: known.id,
    source: "environment",
    api: known.api,
    baseUrl: baseFor(baseUrl),
    apiKey: key.value,
    keyFrom: key.from,
    keyPlace: key.from,
    bearer: false,
    headers: {},
    models: new Map(known.models.map((model) => [model.id, toModel(model)])),
    listed: false,
  };
}

function toModel(
  model: ModelConfig | DefaultProvider["models"][number],
  api: SpokenApi | undefined = undefined,
): ProviderModel {
  const price = "price" in model ? model.price : toPrice("cost" in model ? model.cost : undefined);
  const input = Array.isArray(model.input) ? model.input.filter((each) => typeof each === "string") : [];
  return {
    name: typeof model.name === "string" && model.name !== "" ? model.name : String(model.id),
    ...(api === undefined ? {} : { api }),
    ...whole("contextWindow", model.contextWindow),
    ...whole("maxTokens", model.maxTokens),
    reasoning: model.reasoning === true,
    input: input.length === 0 ? ["text"] : input,
    headers: "headers" in model ? texts(model.headers) : {},
    ...(price === null || price === undefined ? {} : { price }),
  };
}

function whole<K extends string>(key: K, value: unknown): { [P in K]?: number } {
  if (typeof value !== "number" || !Number.isFinite(value) || value < 1) return {};
  return { [key]: Math.floor(value) } as { [P in K]: number };
}

function spokenOr(api: string): SpokenApi | null {
  return spokenApis.find((each) => each === api) ?? null;
}

function unspoken(place: string, api: string | undefined): Sentence {
  const [en, zh] = [spokenApis.join('" or "'), spokenApis.join("”或“")];
  return {
    en: `${place}: api "${api}" is not supported by this version; set it to "${en}" if the server offers that`,
    zh: `${place}：此版本不支持 api“${api}”；如果服务器提供，请设为“${zh}”`,
  };
}

interface Key {
  value?: string;
  secret?: string;
  from: string;
}

/** A key may be written out, as `${NAME}`, as `${secret:NAME}`, or as the bare name of a variable that is set. */
function keyFromConfig(apiKey: unknown, place: string, env: Env): Key | null {
  if (typeof apiKey !== "string" || apiKey.trim() === "") return null;
  const value = apiKey.trim();
  const secret = secretNameOf(value);
  if (secret !== null) return { secret, from: `secret:${secret}` };
  const braced = /^\$\{([A-Z_][A-Z0-9_]*)\}$/.exec(value)?.[1];
  if (braced !== undefined) return keyFromVariable(braced, env);
  const named = /^[A-Z][A-Z0-9_]+$/.test(value) ? keyFromVariable(value, env) : null;
  return named ?? { value, from: place };
}

function keyFromVariable(variable: string, env: Env): Key | null {
  const value = env[variable]?.trim();
  return value === undefined || value === "" ? null : { value, from: variable };
}

function carriesKey(headers: Record<string, string>): boolean {
  return Object.keys(headers).some((name) => /^(authorization|x-api-key|api-key)$/i.test(name));
}

function baseUrlOf(known: DefaultProvider | null, env: Env): string | undefined {
  if (known === null) return undefined;
  const moved = known.baseUrlVariable === undefined ? undefined : env[known.baseUrlVariable]?.trim();
  return moved === undefined || moved === "" ? known.baseUrl : moved;
}

function httpUrl(address: unknown): string | null {
  if (typeof address !== "string") return null;
  const url = URL.parse(address.trim());
  return url !== null && (url.protocol === "http:" || url.protocol === "https:") ? address.trim() : null;
}

function baseFor(baseUrl: string): string {
  return baseUrl.replace(/\/+$/, "");
}

function texts(headers: unknown): Record<string, string> {
  if (typeof headers !== "object" || headers === null) return {};
  const pairs = Object.entries(headers).filter(
    (pair): pair is [string, string] => typeof pair[1] === "string",
  );
  return Object.fromEntries(pairs);
}
