import type { MethodName, Params, Result } from "#protocol";
import type { CommandEntry } from "#protocol/domains/commands.ts";

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

function command(name: string, en: string, zh: string, acceptsArgs = false): CommandEntry {
  return {
    name,
    textAliases: [`/${name}`],
    description: en,
    descriptions: { en, zh },
    source: "native",
    scope: "text",
    acceptsArgs,
  };
}

export const someCommands: readonly CommandEntry[] = [
  command("help", "what I can do", "我能做什么"),
  command("status", "how Moltbot is doing", "运行状况"),
  command("stop", "stop what runs", "停止正在进行的回答"),
  command("model", "which model answers", "由哪个模型回答", true),
];
