import { secretReference } from "#src/config/secret-reference.ts";
import type { Secrets } from "#src/config/secrets.ts";
import { GatewayError, messageOf } from "#src/lib/errors.ts";
import type { Sentence } from "#src/lib/sentence.ts";
import type { Ask } from "./asking.ts";
import { createCatalog, type ModelCatalog, type ResolvedModel } from "./catalog.ts";
import { listModels } from "./discovery.ts";
import { aliasesOf, type ModelsConfig, type ProviderConfig } from "./model-choice.ts";
import { type ModelVerdict, testModel } from "./model-test.ts";
import { knownProvider, localServers, spokenApis } from "./provider-defaults.ts";
import { addSentence } from "./trial-sentences.ts";

type Env = Record<string, string | undefined>;

export interface AddingOptions {
  /** The config in force. */
  config: () => ModelsConfig;
  env: () => Env;
  ask: Ask;
  secrets: Secrets;
  /** Puts a JSON merge patch into the config file; says what is wrong in the parts that it touches and so are off. */
  patchConfig: (patch: Record<string, unknown>) => Promise<Sentence[]>;
  /** Told of every request that was made, since it was paid for. */
  tested: (verdict: ModelVerdict) => Promise<void>;
}

/** A provider to be added or changed. */
export interface NewProvider {
  provider: string;
  apiKey?: string;
  baseUrl?: string;
  api?: string;
  /** Ids of models; where absent, those that are known of the provider, or those that its server lists. */
  models?: readonly string[];
  /** Where absent: yes, if no model answers yet. */
  makeDefault?: boolean;
  /** False writes without asking the model anything first. */
  test?: boolean;
}

export interface Added {
  /** `provider/model`: the one that was tested, and that answers from now on where asked for. */
  model: string;
  isDefault: boolean;
  /** Where the key that came along is kept; null where none did. */
  keyIn: "keychain" | "file" | null;
  latencyMs: number | null;
  /** False where the config is not taken up yet. */
  applied: boolean;
  /** What is wrong beside it in the config and has to be mended first; absent where it is a restart that is missing. */
  mendFirst?: string[];
}

/** Adds model providers and chooses models while the gateway runs. */
export type Adding = ReturnType<typeof createAdding>;

const listPatienceMs = 10_000;

export function createAdding({ config, env, ask, secrets, patchConfig, tested }: AddingOptions) {
  /** What does not work when it is tested changes nothing. */
  async function add(wanted: NewProvider, language: "en" | "zh", signal: AbortSignal): Promise<Added> {
    const id = idOf(wanted.provider);
    const key = keyOf(wanted.apiKey);
    const [name, before = {}] = configured(config(), id) ?? [id];
    const settings = { ...settingsOf(id, wanted), ...(await modelsOf(id, wanted, before, key)) };
    const entry: ProviderConfig = { ...before, ...settings, ...(key === null ? {} : { apiKey: key }) };
    const model = tryOut(name, entry, env(), wanted.models?.[0]);
    const verdict = wanted.test === false ? null : await testModel(ask, model, signal);
    if (verdict !== null) await tested(verdict);
    if (verdict?.error) throw refused(addSentence(verdict.error, model));

    const secret = secretNameFor(id, before.apiKey);
    const old = key === null ? null : await secrets.read(secret);
    const keyIn = key === null ? null : await secrets.keep(secret, key);
    const reference = key === null ? {} : { apiKey: secretReference(secret) };
    let wrong: Sentence[];
    try {
      wrong = await patchConfig({
        models: { providers: { [name]: { ...settings, ...reference } } },
        ...choice(config(), env(), { name, entry, model, makeDefault: wanted.makeDefault }),
      });
    } catch (cause) {
      if (keyIn !== null) await (old === null ? secrets.forget(secret) : secrets.keep(secret, old));
      throw cause;
    }
    const latencyMs = verdict?.latencyMs ?? null;
    const catalog = createCatalog(config(), env());
    const applied = catalog.resolve(model.ref) !== null;
    return {
      model: model.ref,
      isDefault: catalog.primary() === model.ref,
      keyIn,
      latencyMs,
      ...taken(applied, wrong, language),
    };
  }

  /** Makes a model that can be used the one that answers where nobody chose another. */
  async function use(
    ref: string,
    language: "en" | "zh",
  ): Promise<Pick<Added, "model" | "applied" | "mendFirst">> {
    const { models } = config();
    const all = createCatalog({ models }, env());
    const found = createCatalog(config(), env()).choose(ref) ?? all.choose(ref);
    if (found === null) throw refused(noSuchModel(ref, all));
    const wrong = await patchConfig({ agents: { defaults: { model: defaultChoice(config(), found.ref) } } });
    const applied = createCatalog(config(), env()).primary() === found.ref;
    return { model: found.ref, ...taken(applied, wrong, language) };
  }

  return { add, use };
}

/** Whether a change counts, and what keeps it from that. */
function taken(
  applied: boolean,
  wrong: readonly Sentence[],
  language: "en" | "zh",
): Pick<Added, "applied" | "mendFirst"> {
  return applied || wrong.length === 0
    ? { applied }
    : { applied, mendFirst: wrong.map((each) => each[language]) };
}

/** For those who asked in a terminal for a model that is not set up. */
export function noSuchModel(ref: string, { nearest }: Pick<ModelCatalog, "nearest">): Sentence {
  const asked = ref.slice(0, 200);
  const near = nearest(ref).slice(0, 3);
  return {
    en: `unknown model: ${asked}; ${near.length === 0 ? "" : `the nearest are ${near.join(", ")}; `}see those that are there: moltbot model list, or add one: moltbot model add`,
    zh: `没有模型 ${asked}；${near.length === 0 ? "" : `最接近的是 ${near.join("、")}；`}查看已有的：moltbot model list，或添加：moltbot model add`,
  };
}

function idOf(provider: string): string {
  const id = provider.trim().toLowerCase();
  if (/^[a-z0-9][a-z0-9._-]{0,63}$/.test(id)) return id;
  const asked = provider.slice(0, 80);
  throw refused({
    en: `"${asked}" is no provider id; use letters, digits, ".", "_" and "-"`,
    zh: `“${asked}”不能作为提供商的标识；请使用字母、数字、“.”、“_”和“-”`,
  });
}

function keyOf(apiKey: string | undefined): string | null {
  const key = apiKey?.trim() ?? "";
  if (/[\s\p{Cc}]/u.test(key))
    throw refused({
      en: "the key has blanks or line breaks in it; copy it again",
      zh: "密钥中有空格或换行；请重新复制",
    });
  return key === "" ? null : key;
}

/** The provider's entry in the config, by the name that it has there. */
function configured(config: ModelsConfig, id: string): [string, ProviderConfig] | null {
  for (const [name, entry] of Object.entries(config.models?.providers ?? {})) {
    if (name.toLowerCase() === id && entry !== undefined) return [name, entry];
  }
  return null;
}

function settingsOf(id: string, { baseUrl, api }: NewProvider): ProviderConfig {
  if (api !== undefined && !spokenApis.some((each) => each === api)) {
    throw refused({
      en: `api "${api}" is not supported by this version; it is one of ${spokenApis.join(", ")}`,
      zh: `此版本不支持 api“${api}”；可用的有 ${spokenApis.join("、")}`,
    });
  }
  const local = localServers.find((each) => each.id === id);
  const address = baseUrl?.trim() ?? local?.baseUrl;
  if (address !== undefined) {
    const url = URL.parse(address);
    if (url === null || !/^https?:$/.test(url.protocol)) {
      throw refused({
        en: "baseUrl is not an http or https address, such as http://127.0.0.1:11434/v1",
        zh: "baseUrl 不是 http 或 https 地址，例如 http://127.0.0.1:11434/v1",
      });
    }
    if (url.username !== "" || url.password !== "") {
      throw refused({
        en: "baseUrl carries a name or a password; give the secret as apiKey",
        zh: "baseUrl 中带有用户名或密码；请把密钥放在 apiKey 中",
      });
    }
  }
  return {
    ...(address === undefined ? {} : { baseUrl: address }),
    ...(api === undefined ? {} : { api }),
  };
}

/** The models that are to be written into the config: those that were named, or what a server of one's own has. */
async function modelsOf(
  id: string,
  wanted: NewProvider,
  before: ProviderConfig,
  key: string | null,
): Promise<ProviderConfig> {
  if (wanted.models !== undefined && wanted.models.length > 0) {
    const known = new Map((before.models ?? []).map((each) => [each.id, each]));
    return { models: wanted.models.map((model) => known.get(model) ?? { id: model }) };
  }
  const preset = knownProvider(id);
  if ((before.models ?? []).length > 0 || (preset !== null && preset.models.length > 0)) return {};
  const address = wanted.baseUrl?.trim() ?? before.baseUrl ?? preset?.baseUrl;
  if (address === undefined)
    throw refused({
      en: `where is ${id}? Give its baseUrl, such as http://192.168.1.5:8000/v1`,
      zh: `${id} 在哪里？请给出它的 baseUrl，例如 http://192.168.1.5:8000/v1`,
    });
  const found = await listModels(address.replace(/\/+$/, ""), key, listPatienceMs).catch((cause: unknown) => {
    throw refused(listless(id, URL.parse(address)?.origin ?? id, cause));
  });
  if (found.length === 0)
    throw refused({
      en: `${id} has no model yet; load one there, or name one`,
      zh: `${id} 还没有模型；请在那里加载一个，或直接指定模型`,
    });
  return { models: found.map((model) => ({ id: model })) };
}

/** Why a server did not say which models it has. */
function listless(id: string, place: string, cause: unknown): Sentence {
  // What has a code of the system's has not even answered.
  if (cause instanceof Error && "code" in cause && typeof cause.code === "string") {
    return {
      en: `No model server answers at ${place}: start ${id} there, or give the address where it runs; nothing was written`,
      zh: `${place} 上没有模型服务在运行：请启动 ${id}，或给出它的地址；未写入任何内容`,
    };
  }
  const why = messageOf(cause);
  return {
    en: `${id} at ${place} does not say which models it has (${why}); see that it runs, or name a model`,
    zh: `${place} 上的 ${id} 没有给出模型列表（${why}）；请确认它在运行，或直接指定模型`,
  };
}

/** The model that stands for the provider, as it would be asked; a sentence where it could not be. */
function tryOut(name: string, entry: ProviderConfig, env: Env, wanted: string | undefined): ResolvedModel {
  const catalog = createCatalog({ models: { mode: "replace", providers: { [name]: entry } } }, env);
  const found = wanted === undefined ? catalog.models()[0] : catalog.resolve(`${name}/${wanted}`);
  if (found != null) return found;
  const empty = { en: `${name} has no models; name one`, zh: `${name} 没有模型；请指定一个` };
  throw refused(catalog.problems[0] ?? empty);
}

/** A key that is kept already keeps its name. */
function secretNameFor(id: string, apiKey: string | undefined): string {
  const named = apiKey === undefined ? null : /^\$\{secret:([^}]+)\}$/.exec(apiKey.trim());
  return named?.[1] ?? id;
}

interface Choosing {
  name: string;
  entry: ProviderConfig;
  model: ResolvedModel;
  makeDefault: boolean | undefined;
}

/** What else has to change, so that the new model answers where it should, and nowhere else. */
function choice(config: ModelsConfig, env: Env, { name, entry, model, makeDefault }: Choosing): object {
  const today = createCatalog(config, env).primary();
  const providers = { ...config.models?.providers, [name]: entry };
  const after = createCatalog({ ...config, models: { ...config.models, providers } }, env);
  const defaults: Record<string, unknown> = {};
  if (makeDefault ?? today === null) defaults.model = defaultChoice(config, model.ref);
  // Configured providers come first: what answered because nobody chose goes on answering.
  else if (today !== null && after.primary() !== today) defaults.model = defaultChoice(config, today);
  const { listed } = aliasesOf(config.agents?.defaults?.models);
  if (listed.length > 0 && !listed.includes(model.ref)) defaults.models = { [model.ref]: {} };
  return Object.keys(defaults).length === 0 ? {} : { agents: { defaults } };
}

/** In the form that stands there: with its fallbacks, or without. */
function defaultChoice(config: ModelsConfig, ref: string): string | { primary: string } {
  return typeof config.agents?.defaults?.model === "object" ? { primary: ref } : ref;
}

function refused(told: Sentence): GatewayError {
  return new GatewayError("INVALID_REQUEST", told);
}
