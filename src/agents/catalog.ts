import type { ModelEntry } from "#protocol/domains/models.ts";
import { byLikeness } from "#src/config/suggest.ts";
import type { Sentence } from "#src/lib/sentence.ts";
import { free, isFree, type Price } from "#src/usage/price.ts";
import { aliasesOf, type ModelsConfig, modelChoice } from "./model-choice.ts";
import { isOwnServer, type SpokenApi } from "./provider-defaults.ts";
import { type Provider, readProviders } from "./providers.ts";

/** A model with everything that a request to it needs. Holds the key: never log or send one. */
export interface ResolvedModel {
  /** `provider/model`. */
  ref: string;
  provider: string;
  model: string;
  name: string;
  api: SpokenApi;
  baseUrl: string;
  apiKey?: string;
  /** The name of a kept secret that is the key; it is read when it is needed. */
  secret?: string;
  /** Where the key is set, or would be: a variable or a config path, for sentences to people. */
  keyPlace: string;
  /** The key travels as a bearer token even where the API has a header of its own. */
  bearer: boolean;
  headers: Record<string, string>;
  contextWindow?: number;
  maxTokens?: number;
  reasoning: boolean;
  input: readonly string[];
  /** Null where nobody knows what it costs. */
  price: Price | null;
}

/** Where a provider comes from, without its key. */
export interface ProviderProvenance {
  provider: string;
  source: "config" | "environment";
  /** The name of the place that holds the key; null where it needs none. */
  keyFrom: string | null;
  /** Scheme, host and port of the endpoint. */
  endpoint: string;
}

/** The models that are configured and have what they need to answer. Built anew when config changes. */
export interface ModelCatalog {
  /** Every model that can be used, with its key: for asking, never for showing. */
  models(): ResolvedModel[];
  list(): ModelEntry[];
  /** What an agent uses when nobody chose: its own model, the default one, else the first there is. */
  primary(agentId?: string): string | null;
  /** What is tried, in order, after the chosen model failed before its first word. */
  fallbacks(agentId?: string): string[];
  /**
   * Takes `provider/model`, an alias, or a model id that only one provider has. Under a known provider any id
   * goes: no list here is complete, and the server says when it doesn't know one.
   */
  resolve(ref: string): ResolvedModel | null;
  /** As `resolve`, for a choice that is made now: where the config lists a provider's models, it is one of them. */
  choose(ref: string): ResolvedModel | null;
  /** The models that are there, those whose names are most like this one first. */
  nearest(ref: string): string[];
  provenance: readonly ProviderProvenance[];
  /** What is configured and can't be used: one sentence each, with the fix. */
  problems: readonly Sentence[];
  /** `agents.defaults.contextTokens`: a bound on what is sent, below the model's window. */
  contextTokens: number | null;
}

export function createCatalog(config: ModelsConfig, env: Record<string, string | undefined>): ModelCatalog {
  const problems: Sentence[] = [];
  const providers = readProviders(config.models, env, problems);
  const byId = new Map(providers.map((provider) => [provider.id, provider]));
  const aliases = aliasesOf(config.agents?.defaults?.models);
  const allowed = allowedRefs(config, aliases.listed, (ref) => fromRef(ref)?.ref ?? ref);

  function resolve(ref: string): ResolvedModel | null {
    const wanted = ref.trim();
    const named = aliases.byName.get(wanted.toLowerCase()) ?? wanted;
    const found = fromRef(named) ?? fromBareId(named);
    return found !== null && (allowed === null || allowed.has(found.ref)) ? found : null;
  }

  function fromRef(ref: string): ResolvedModel | null {
    const slash = ref.indexOf("/");
    if (slash < 1 || slash === ref.length - 1) return null;
    const provider = byId.get(ref.slice(0, slash).toLowerCase());
    return provider === undefined ? null : toResolved(provider, ref.slice(slash + 1));
  }

  function fromBareId(id: string): ResolvedModel | null {
    const owners = providers.filter((provider) => provider.models.has(id));
    const [only] = owners;
    return only !== undefined && owners.length === 1 ? toResolved(only, id) : null;
  }

  function usable(ref: string, place: string): string | null {
    const found = resolve(ref);
    if (found !== null) return found.ref;
    const why = whyNot(ref);
    problems.push({
      en: `${place}: "${ref}" cannot be used; ${why.en}`,
      zh: `${place}：“${ref}”无法使用；${why.zh}`,
    });
    return null;
  }

  function whyNot(ref: string): Sentence {
    const provider = ref.includes("/") ? ref.slice(0, ref.indexOf("/")) : "";
    if (provider === "") return { en: 'write it as "provider/model"', zh: "请写成“提供商/模型”" };
    if (byId.has(provider.toLowerCase()))
      return { en: "agents.defaults.models does not list it", zh: "agents.defaults.models 中没有列出它" };
    return {
      en: `provider ${provider} is not set up; add models.providers.${provider} or its key to the gateway's environment`,
      zh: `提供商 ${provider} 尚未设置；请添加 models.providers.${provider}，或在网关的环境中设置其密钥`,
    };
  }

  const first = (): string | null => {
    for (const provider of providers) {
      for (const id of provider.models.keys()) {
        const found = resolve(`${provider.id}/${id}`);
        if (found !== null) return found.ref;
      }
    }
    return null;
  };

  interface Chosen {
    primary: string | null;
    fallbacks: string[];
  }

  function settle(choice: ReturnType<typeof modelChoice>, place: string, otherwise: Chosen): Chosen {
    if (choice === null) return otherwise;
    const fallbacks = choice.fallbacks?.flatMap((ref) => usable(ref, `${place}.fallbacks`) ?? []);
    return {
      // A choice that cannot be kept is not replaced by another provider that nobody chose to pay.
      primary: choice.primary === undefined ? otherwise.primary : usable(choice.primary, place),
      fallbacks: fallbacks ?? otherwise.fallbacks,
    };
  }

  const defaults = settle(modelChoice(config.agents?.defaults?.model), "agents.defaults.model", {
    primary: first(),
    fallbacks: [],
  });
  const perAgent = new Map<string, Chosen>();
  for (const agent of config.agents?.list ?? []) {
    if (typeof agent.id !== "string") continue;
    const id = agent.id.toLowerCase();
    perAgent.set(id, settle(modelChoice(agent.model), `agents.list ${agent.id} model`, defaults));
  }
  const chosenBy = (agentId?: string): Chosen => perAgent.get(agentId?.toLowerCase() ?? "") ?? defaults;

  const inUse = [defaults, ...perAgent.values()].flatMap(({ primary, fallbacks }) =>
    primary === null ? fallbacks : [primary, ...fallbacks],
  );
  const models = () => listed(providers, resolve, [...(allowed ?? []), ...inUse]);

  return {
    models,
    list: () => models().map(toEntry),
    primary: (agentId) => {
      const chosen = chosenBy(agentId);
      return chosen.primary ?? chosen.fallbacks[0] ?? null;
    },
    fallbacks: (agentId) => {
      const chosen = chosenBy(agentId);
      return chosen.primary === null ? chosen.fallbacks.slice(1) : [...chosen.fallbacks];
    },
    resolve,
    choose(ref) {
      const found = resolve(ref);
      if (found === null || byId.get(found.provider)?.listed !== true) return found;
      return models().some((model) => model.ref === found.ref) ? found : null;
    },
    nearest: (ref) =>
      byLikeness(
        ref,
        models().map((model) => model.ref),
      ),
    provenance: providers.map(({ id, source, keyFrom, baseUrl }) => ({
      provider: id,
      source,
      keyFrom,
      endpoint: new URL(baseUrl).origin,
    })),
    problems,
    contextTokens: positive(config.agents?.defaults?.contextTokens),
  };
}

function toResolved(provider: Provider, id: string): ResolvedModel {
  // OpenRouter's own router is written `openrouter/auto`, though its id there is `openrouter/auto`, too.
  const model = provider.id === "openrouter" && id === "auto" ? "openrouter/auto" : id;
  const known = provider.models.get(model);
  return {
    ref: `${provider.id}/${model}`,
    provider: provider.id,
    model,
    name: known?.name ?? model,
    api: known?.api ?? provider.api,
    baseUrl: provider.baseUrl,
    ...(provider.apiKey === undefined ? {} : { apiKey: provider.apiKey }),
    ...(provider.secret === undefined ? {} : { secret: provider.secret }),
    keyPlace: provider.keyPlace,
    bearer: provider.bearer,
    headers: { ...provider.headers, ...known?.headers },
    ...(known?.contextWindow === undefined ? {} : { contextWindow: known.contextWindow }),
    ...(known?.maxTokens === undefined ? {} : { maxTokens: known.maxTokens }),
    reasoning: known?.reasoning ?? false,
    input: known?.input ?? ["text"],
    price: known?.price ?? (isOwnServer(provider.baseUrl) ? free : null),
  };
}

/** `agents.defaults.models` also says which models may be used; what is chosen elsewhere counts as listed. */
function allowedRefs(
  config: ModelsConfig,
  listedRefs: readonly string[],
  canonical: (ref: string) => string,
): Set<string> | null {
  if (listedRefs.length === 0) return null;
  const choices = [
    config.agents?.defaults?.model,
    ...(config.agents?.list ?? []).map((agent) => agent.model),
  ];
  const chosen = choices.flatMap((value) => {
    const choice = modelChoice(value);
    return choice === null
      ? []
      : [...(choice.primary === undefined ? [] : [choice.primary]), ...(choice.fallbacks ?? [])];
  });
  return new Set([...listedRefs, ...chosen].map(canonical));
}

function listed(
  providers: readonly Provider[],
  resolve: (ref: string) => ResolvedModel | null,
  others: readonly string[],
): ResolvedModel[] {
  const refs = new Set(
    providers.flatMap(({ id, models }) => [...models.keys()].map((model) => `${id}/${model}`)),
  );
  for (const ref of others) refs.add(ref);
  const found = new Map<string, ResolvedModel>();
  for (const ref of refs) {
    const model = resolve(ref);
    if (model !== null) found.set(model.ref, model);
  }
  return [...found.values()];
}

const mostNamed = 3;

/** What programs are told of a choice that is not there. */
export function unknownModel(ref: string, { nearest }: Pick<ModelCatalog, "nearest">): string {
  const near = nearest(ref).slice(0, mostNamed).join(", ");
  return `unknown model: ${ref.slice(0, 200)}; ${near === "" ? "" : `the nearest are ${near}; `}models.list names those that are there`;
}

/** A model as clients see it. */
export function toEntry(model: ResolvedModel): ModelEntry {
  return {
    id: model.model,
    name: model.name,
    provider: model.provider,
    ...(model.contextWindow === undefined ? {} : { contextWindow: model.contextWindow }),
    reasoning: model.reasoning,
    input: [...model.input],
  };
}

/** Whether asking the model may cost money: it has a price, or nobody knows what it has. */
export function isPaid({ price }: ResolvedModel): boolean {
  return price === null || !isFree(price);
}

function positive(value: unknown): number | null {
  return typeof value === "number" && Number.isFinite(value) && value > 0 ? Math.floor(value) : null;
}
