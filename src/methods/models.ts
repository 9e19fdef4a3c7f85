import type { ModelEntry } from "#protocol/domains/models.ts";
import type { Ask } from "#src/agents/asking.ts";
import { isPaid, type ModelCatalog, type ResolvedModel, toEntry } from "#src/agents/catalog.ts";
import type { Discovery, FoundServer } from "#src/agents/discovery.ts";
import { noModel, noSecret, overBudget } from "#src/agents/failures.ts";
import { type Adding, noSuchModel } from "#src/agents/model-adding.ts";
import { type ModelVerdict, testModel } from "#src/agents/model-test.ts";
import { defaultProviders, isOwnServer, localServers } from "#src/agents/provider-defaults.ts";
import { testSentence } from "#src/agents/trial-sentences.ts";
import type { Secrets } from "#src/config/secrets.ts";
import type { Log } from "#src/lib/log.ts";
import type { Budget } from "#src/usage/budget.ts";
import type { DomainHandlers } from "./handler.ts";

export interface ModelsRooms {
  catalog: () => ModelCatalog;
  ask: Ask;
  secrets: Secrets;
  discovery: Discovery;
  adding: Adding;
  budget: Budget;
  /** Keeps what a test used. */
  tested: (verdict: ModelVerdict) => Promise<void>;
  /** What answers has changed: whoever asks next how the gateway is hears of it. */
  answersChanged: () => void;
  log: Log;
}

export function modelsHandlers(rooms: ModelsRooms): DomainHandlers<"models"> {
  const { catalog, ask, secrets, discovery, adding, budget, tested, answersChanged, log } = rooms;

  async function detailed(model: ResolvedModel, language: "en" | "zh"): Promise<ModelEntry> {
    const { price, maxTokens, baseUrl } = model;
    const keyFrom = model.secret === undefined && model.apiKey === undefined ? null : model.keyPlace;
    const why = await obstacle(model);
    return {
      ...toEntry(model),
      ...(maxTokens === undefined ? {} : { maxTokens }),
      ...(price === null ? {} : { cost: costOf(price) }),
      local: isOwnServer(baseUrl),
      endpoint: new URL(baseUrl).origin,
      keyFrom,
      isDefault: catalog().primary() === model.ref,
      usable: why === null,
      ...(why === null ? {} : { unusableBecause: testSentence(why, model)[language] }),
    };
  }

  /** What would keep a run from asking the model, as far as that can be known without asking it. */
  async function obstacle(model: ResolvedModel) {
    const spent = isPaid(model) ? budget.exceeded() : null;
    if (spent !== null) return overBudget(model, spent);
    const lost = model.secret !== undefined && (await secrets.read(model.secret)) === null;
    return lost ? noSecret(model) : null;
  }

  /** Servers on this computer that no provider in the config stands for. */
  async function unconfigured(fresh: boolean): Promise<FoundServer[]> {
    const taken = new Set(
      catalog().provenance.map(({ endpoint }) => endpoint.replace("localhost", "127.0.0.1")),
    );
    return (await discovery.look(fresh)).filter(({ baseUrl }) => !taken.has(new URL(baseUrl).origin));
  }

  return {
    "models.list": async ({ params, caller }) => {
      const { provider, includeDetails, refresh } = params;
      const all = catalog().models();
      const wanted =
        provider === undefined || provider === "" ? all : all.filter((each) => each.provider === provider);
      if (includeDetails !== true) return { models: wanted.map(toEntry) };
      const [models, found] = await Promise.all([
        Promise.all(wanted.map((model) => detailed(model, caller.language))),
        unconfigured(refresh === true),
      ]);
      return { models, found, problems: catalog().problems.map((said) => said[caller.language]) };
    },
    "models.discover": async ({ params }) => {
      const configured = new Set(catalog().provenance.map((each) => each.provider));
      return {
        enabled: discovery.enabled,
        found: await unconfigured(params.refresh === true),
        providers: [...defaultProviders, ...localServers].map(({ id, name, keyVariable, keyPage }) => ({
          id,
          name,
          needsKey: keyVariable !== undefined,
          ...(keyPage === undefined ? {} : { keyPage }),
          configured: configured.has(id),
        })),
      };
    },
    "models.test": async ({ params, caller }) => {
      const ref = params.model ?? catalog().primary();
      const model = ref === null ? null : catalog().resolve(ref);
      if (model === null) {
        const { kind, sentence } = noModel(null);
        const said = ref === null ? sentence : noSuchModel(ref, catalog());
        return {
          ok: false,
          model: ref ?? "none",
          latencyMs: 0,
          error: { kind, message: said[caller.language] },
        };
      }
      const spent = isPaid(model) ? budget.exceeded() : null;
      if (spent !== null) {
        const error = overBudget(model, spent);
        const message = testSentence(error, model)[caller.language];
        return { ok: false, model: model.ref, latencyMs: 0, error: { kind: error.kind, message } };
      }
      const verdict = await testModel(ask, model, caller.signal);
      await tested(verdict);
      const { error, latencyMs } = verdict;
      if (error === null) return { ok: true, model: model.ref, latencyMs };
      log.warn("model test failed", { model: model.ref, kind: error.kind, detail: error.detail });
      const message = testSentence(error, model)[caller.language];
      return { ok: false, model: model.ref, latencyMs, error: { kind: error.kind, message } };
    },
    "models.add": async ({ params, caller }) => {
      const added = await adding.add(params, caller.language, caller.signal);
      log.info("model added", { model: added.model, isDefault: added.isDefault, keyIn: added.keyIn });
      answersChanged();
      return added;
    },
    "models.use": async ({ params, caller }) => {
      const used = await adding.use(params.model, caller.language);
      log.info("default model chosen", { model: used.model });
      answersChanged();
      return used;
    },
  };
}

/** The price without its second tariff, which the wire has no place for. */
function costOf({ long: _, ...cost }: NonNullable<ResolvedModel["price"]>) {
  return cost;
}
