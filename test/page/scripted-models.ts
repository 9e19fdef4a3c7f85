import type { MethodName, Params, Result } from "#protocol";

/** What a scripted gateway finds and takes. */
export interface ScriptedModels {
  found: Result<"models.discover">["found"];
  providers?: Result<"models.discover">["providers"];
  /** Answers an attempt to add a model; throws what the page is to show. */
  add?: (params: Params<"models.add">) => string | Promise<string>;
}

type Handlers = { [M in MethodName]?: (params: Params<M>) => Result<M> | Promise<Result<M>> };

export const knownProviders: Result<"models.discover">["providers"] = [
  {
    id: "anthropic",
    name: "Anthropic",
    needsKey: true,
    keyPage: "https://example.com/keys",
    configured: false,
  },
  { id: "openai", name: "OpenAI", needsKey: true, configured: false },
  { id: "ollama", name: "Ollama", needsKey: false, configured: false },
];

/** The methods by which a page gets its gateway a model; `answers` is told which one answers from then on. */
export function modelHandlers(models: ScriptedModels, answers: (model: string) => void): Handlers {
  return {
    "models.discover": () => ({
      enabled: true,
      found: models.found,
      providers: models.providers ?? knownProviders,
    }),
    "models.add": async (params) => {
      const model = (await models.add?.(params)) ?? `${params.provider}/${params.models?.[0] ?? "best"}`;
      answers(model);
      return { model, isDefault: true, keyIn: null, latencyMs: 12, applied: true };
    },
  };
}
