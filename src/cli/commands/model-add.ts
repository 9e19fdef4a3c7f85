import type { Params, Result } from "#protocol";
import type { GatewayClient } from "#src/client/client.ts";
import { askArgs, jsonArg, openClient } from "../ask.ts";
import { defineCommand } from "../command.ts";
import { UsageError } from "../exit.ts";
import { plain } from "../layout.ts";
import { modelTexts } from "../model-texts.ts";
import { isAnybodyThere, openPrompter, type Prompter } from "../prompter.ts";
import { paintFor, type Terminal } from "../terminal.ts";
import { texts } from "../texts.ts";
import { notInForce } from "./model.ts";

type NewProvider = Params<"models.add">;

export const modelAdd = defineCommand({
  summary: {
    en: "Add a model provider, or a server found on this computer",
    zh: "添加模型提供商，或在本机发现的模型服务",
  },
  examples: [
    "moltbot model add",
    "moltbot model add anthropic",
    "moltbot model add ollama --default",
    "pass show openai | moltbot model add openai --key -",
    "moltbot model add mine --base-url http://192.168.1.5:8000/v1 --model qwen3",
  ],
  args: {
    provider: {
      type: "positional",
      required: false,
      summary: {
        en: "anthropic, openai, openrouter, ollama, lmstudio, llamacpp, vllm, or a name of your own",
        zh: "anthropic、openai、openrouter、ollama、lmstudio、llamacpp、vllm 或自定名称",
      },
    },
    key: {
      type: "string",
      hint: "KEY",
      summary: { en: "its key; - reads it from standard input", zh: "密钥；- 表示从标准输入读取" },
    },
    "base-url": {
      type: "string",
      hint: "URL",
      summary: { en: "where it answers, for a server of your own", zh: "自建服务的地址" },
    },
    api: {
      type: "enum",
      options: ["openai-completions", "openai-responses", "anthropic-messages"],
      summary: { en: "how it is spoken to (openai-completions)", zh: "接口格式（openai-completions）" },
    },
    model: {
      type: "string",
      short: "m",
      hint: "ID",
      summary: { en: "which of its models; several with commas", zh: "使用的模型；多个以逗号分隔" },
    },
    default: {
      type: "boolean",
      summary: { en: "let it answer from now on", zh: "从现在起由它应答" },
    },
    test: {
      type: "boolean",
      default: true,
      summary: {
        en: "write it only if it answers (--no-test writes it anyway)",
        zh: "能应答才写入（--no-test 跳过）",
      },
    },
    ...jsonArg,
    ...askArgs,
  },
  async run(
    { provider, key, "base-url": baseUrl, api, model, default: isDefault, test, json, ...flags },
    terminal,
  ) {
    const scopes = ["operator.read", "operator.write", "operator.admin"] as const;
    const given = key === "-" ? await readAll(terminal) : key;
    await using client = await openClient(flags, terminal, { scopes });
    const known = await client.call("models.discover", { refresh: true });
    const names = model?.split(",").map((each) => each.trim());
    const wanted: Partial<NewProvider> = {
      ...(provider === undefined ? {} : { provider }),
      ...(given === undefined ? {} : { apiKey: given }),
      ...(baseUrl === undefined ? {} : { baseUrl }),
      ...(api === undefined ? {} : { api }),
      ...(names === undefined ? {} : { models: names.filter((each) => each !== "") }),
      ...(isDefault ? { makeDefault: true } : {}),
      ...(test ? {} : { test: false }),
    };
    if (json || !isAnybodyThere(terminal) || key === "-") {
      const added = await add(client, complete(wanted, known, terminal));
      if (json) terminal.print(JSON.stringify(added, null, 2));
      else show(added, terminal);
      return;
    }
    using prompter = openPrompter(terminal);
    const asked = await askForRest(wanted, known, client, prompter, terminal);
    show(await addWithRetry(client, asked, given === undefined, prompter, terminal), terminal);
  },
});

type Known = Result<"models.discover">;

function add(client: GatewayClient, wanted: NewProvider): Promise<Result<"models.add">> {
  return client.call("models.add", wanted, { timeoutMs: 90_000 });
}

/** What was given, where nobody can be asked for the rest. */
function complete(wanted: Partial<NewProvider>, known: Known, terminal: Terminal): NewProvider {
  const say = modelTexts[terminal.language];
  const { provider } = wanted;
  if (provider === undefined) {
    const ids = known.providers.map(({ id }) => id).join(", ");
    throw new UsageError(say.needsProvider, say.providers(ids));
  }
  const preset = known.providers.find(({ id }) => id === provider.toLowerCase());
  const place = placeOf(provider, wanted, known);
  if (preset?.needsKey && !preset.configured && wanted.apiKey === undefined && wanted.baseUrl === undefined) {
    throw new UsageError(say.needsKey(preset.name), say.howToKey);
  }
  if (preset === undefined && wanted.baseUrl === undefined)
    throw new UsageError(say.needsAddress(provider), say.howToAddress);
  return { ...wanted, ...place, provider };
}

/** Where a server was found that goes by this name, unless an address was given. */
function placeOf(
  provider: string,
  { baseUrl }: Partial<NewProvider>,
  { found }: Known,
): { baseUrl?: string } {
  const server = found.find(({ id }) => id === provider.toLowerCase());
  return baseUrl !== undefined || server === undefined ? {} : { baseUrl: server.baseUrl };
}

/** Asks for what the command line leaves open. */
async function askForRest(
  given: Partial<NewProvider>,
  known: Known,
  client: GatewayClient,
  prompter: Prompter,
  terminal: Terminal,
): Promise<NewProvider> {
  const say = modelTexts[terminal.language];
  const wanted: NewProvider = { ...given, provider: given.provider ?? (await whichProvider()) };
  const preset = known.providers.find(({ id }) => id === wanted.provider.toLowerCase());
  const found = known.found.find(({ id }) => id === wanted.provider.toLowerCase());
  if (wanted.provider === "") {
    wanted.baseUrl ??= await prompter.ask(say.address);
    wanted.provider = await prompter.ask(say.name);
    wanted.apiKey ??= await prompter.askHidden(say.optionalKey);
  } else if (preset === undefined) {
    wanted.baseUrl ??= await prompter.ask(say.address);
    wanted.apiKey ??= await prompter.askHidden(say.optionalKey);
  } else if (preset.needsKey && wanted.apiKey === undefined) {
    if (preset.keyPage !== undefined) terminal.print(say.keyPage(preset.keyPage));
    wanted.apiKey = await prompter.askHidden(say.key);
  }
  if (wanted.apiKey === "") delete wanted.apiKey;
  Object.assign(wanted, placeOf(wanted.provider, wanted, known));
  if (found !== undefined && wanted.models === undefined && found.models.length > 1) {
    const chosen = await prompter.choose(say.whichModel, found.models.map(plain));
    const first = found.models[chosen] ?? "";
    wanted.models = [first, ...found.models.filter((each) => each !== first)];
  }
  const today = client.hello.snapshot.health.model;
  if (wanted.makeDefault === undefined && today !== "none") {
    const answer = await prompter.ask(`${say.useNow(today)} ${texts[terminal.language].yesOrNo} `);
    wanted.makeDefault = /^(y|yes|是)$/i.test(answer);
  }
  return wanted;

  /** Its id; empty for one that nobody knows. */
  async function whichProvider(): Promise<string> {
    const hosted = known.providers.filter(({ needsKey }) => needsKey);
    const options = [
      ...known.found.map(({ name, models }) => say.foundOption(name, say.models(models.length))),
      ...hosted.map(({ name }) => say.keyOption(name)),
      say.otherOption,
    ];
    const chosen = await prompter.choose(say.whichProvider, options);
    return [...known.found, ...hosted][chosen]?.id ?? "";
  }
}

/** A key that was typed may be mistyped: it is asked for again, until it works or the person leaves. */
async function addWithRetry(
  client: GatewayClient,
  wanted: NewProvider,
  isTyped: boolean,
  prompter: Prompter,
  terminal: Terminal,
): Promise<Result<"models.add">> {
  const { RequestError } = await import("#src/client/errors.ts");
  const say = modelTexts[terminal.language];
  for (;;) {
    try {
      return await add(client, wanted);
    } catch (cause) {
      if (!(cause instanceof RequestError) || !isTyped || wanted.apiKey === undefined) throw cause;
      terminal.complain(paintFor(terminal).red(plain(cause.message)));
      terminal.print(say.tryAgain);
      wanted.apiKey = await prompter.askHidden(say.key);
    }
  }
}

function show(added: Result<"models.add">, terminal: Terminal): void {
  const say = modelTexts[terminal.language];
  const tick = paintFor(terminal).green("✓");
  const { model, latencyMs, keyIn, isDefault, applied, mendFirst } = added;
  terminal.print(`${tick} ${latencyMs === null ? say.written(model) : say.works(model, latencyMs)}`);
  if (keyIn !== null) terminal.print(`  ${say.keyIn[keyIn]}`);
  if (mendFirst !== undefined) throw notInForce(model, mendFirst, terminal);
  const answers = isDefault ? say.answersNow(model) : say.answersStill(model);
  terminal.print(`  ${answers} · ${applied ? say.applied : say.needsRestart}`);
}

async function readAll(terminal: Terminal): Promise<string> {
  let text = "";
  for await (const chunk of terminal.stdin()) text += String(chunk);
  return text.trim();
}
