import type { Result } from "#protocol";
import type { ModelEntry } from "#protocol/domains/models.ts";
import { askArgs, jsonArg, withClient } from "../ask.ts";
import { defineCommand } from "../command.ts";
import { CliError, exits } from "../exit.ts";
import { pad, plain, widest } from "../layout.ts";
import { modelTexts } from "../model-texts.ts";
import { paintFor, type Terminal } from "../terminal.ts";

const modelArg = { en: "as provider/model, or its alias", zh: "以 提供商/模型 或别名表示" };

export const modelList = defineCommand({
  summary: {
    en: "List the models, and model servers found on this computer",
    zh: "列出模型以及在本机发现的模型服务",
  },
  examples: ["moltbot model list", "moltbot model list --json"],
  args: { ...jsonArg, ...askArgs },
  async run({ json, ...flags }, terminal) {
    const listed = await withClient(flags, terminal, ["operator.read"], (client) =>
      client.call("models.list", { includeDetails: true, refresh: true }),
    );
    if (json) terminal.print(JSON.stringify(listed, null, 2));
    else for (const line of showList(listed, terminal)) terminal.print(line);
  },
});

export const modelTest = defineCommand({
  summary: {
    en: "Ask a model for a few tokens, to see that it works",
    zh: "向模型请求几个 token，检查是否可用",
  },
  examples: ["moltbot model test", "moltbot model test ollama/llama3"],
  args: { model: { type: "positional", required: false, summary: modelArg }, ...jsonArg, ...askArgs },
  async run({ model, json, ...flags }, terminal) {
    const verdict = await withClient(flags, terminal, ["operator.read", "operator.write"], (client) =>
      client.call("models.test", model === undefined ? {} : { model }, { timeoutMs: 60_000 }),
    );
    if (json) terminal.print(JSON.stringify(verdict, null, 2));
    if (!verdict.ok) {
      if (json) return exits.failure;
      throw new CliError(exits.failure, verdict.error?.message ?? verdict.model);
    }
    const say = modelTexts[terminal.language];
    if (!json)
      terminal.print(`${paintFor(terminal).green("✓")} ${say.works(verdict.model, verdict.latencyMs)}`);
    return exits.ok;
  },
});

export const modelUse = defineCommand({
  summary: {
    en: "Choose the model that answers where nobody chose another",
    zh: "选择默认应答的模型",
  },
  examples: ["moltbot model use anthropic/claude-sonnet-5-5"],
  args: {
    model: { type: "positional", required: true, summary: modelArg },
    test: {
      type: "boolean",
      default: true,
      summary: { en: "see whether it answers (--no-test does not)", zh: "检查能否应答（--no-test 跳过）" },
    },
    ...jsonArg,
    ...askArgs,
  },
  async run({ model, test, json, ...flags }, terminal) {
    const scopes = ["operator.read", "operator.write", "operator.admin"] as const;
    const { used, verdict } = await withClient(flags, terminal, scopes, async (client) => {
      const chosen = await client.call("models.use", { model: model ?? "" });
      if (!test || chosen.mendFirst !== undefined) return { used: chosen, verdict: null };
      const tested = await client.call("models.test", { model: chosen.model }, { timeoutMs: 60_000 });
      return { used: chosen, verdict: tested };
    });
    const say = modelTexts[terminal.language];
    const { green } = paintFor(terminal);
    const works = verdict?.ok !== false && used.mendFirst === undefined;
    if (json) terminal.print(JSON.stringify({ ...used, test: verdict }, null, 2));
    else if (used.mendFirst !== undefined) throw notInForce(used.model, used.mendFirst, terminal);
    else if (works) {
      const how = used.applied ? say.applied : say.needsRestart;
      const said = verdict === null ? say.chosenUntested(used.model) : say.answersNow(used.model);
      terminal.print(`${green("✓")} ${said} · ${how}`);
    } else {
      const why = plain(verdict?.error?.message ?? used.model);
      throw new CliError(exits.failure, say.chosenButSilent(used.model, why));
    }
    if (used.mendFirst !== undefined) return exits.config;
    return works ? exits.ok : exits.failure;
  },
});

/** Something is written down in a part of the config that is off. */
export function notInForce(model: string, wrong: readonly string[], { language }: Terminal): CliError {
  const say = modelTexts[language];
  const lines = wrong.map((each) => `  ${plain(each)}`).join("\n");
  return new CliError(exits.config, say.notInForce(model, lines), say.mendFirst);
}

function showList(
  { models, found = [], problems = [] }: Result<"models.list">,
  terminal: Terminal,
): string[] {
  const say = modelTexts[terminal.language];
  const paint = paintFor(terminal);
  const names = models.map(({ provider, id }) => plain(`${provider}/${id}`));
  const width = widest(names);
  const rows = models.map((model, at) => {
    const name = pad(names[at] ?? "", width);
    const facts = factsOf(model, terminal).join(" · ");
    const why =
      model.unusableBecause === undefined ? [] : [`    ${paint.yellow(plain(model.unusableBecause))}`];
    return [`${model.isDefault === true ? paint.bold(name) : name}  ${facts}`, ...why];
  });
  const offers = found.map(
    ({ id, name, models: its }) => `  ${name} · ${say.models(its.length)} · ${say.addIt(id)}`,
  );
  return [
    ...(models.length === 0 ? [say.none, ...(found.length === 0 ? [say.addOne] : [])] : rows.flat()),
    ...(models.length === 0 || models.some(({ isDefault }) => isDefault) ? [] : [say.noneAnswers]),
    ...problems.map((problem) => paint.yellow(plain(problem))),
    ...(offers.length === 0 ? [] : ["", say.foundHere, ...offers]),
  ];
}

function factsOf(
  { isDefault, local, cost, contextWindow, keyFrom }: ModelEntry,
  terminal: Terminal,
): string[] {
  const say = modelTexts[terminal.language];
  const paint = paintFor(terminal);
  const isFree = cost !== undefined && cost.input === 0 && cost.output === 0;
  const money =
    cost === undefined
      ? say.noPrice
      : local && isFree
        ? say.local
        : say.price(`${cost.input}`, `${cost.output}`);
  return [
    ...(isDefault ? [paint.green(say.isDefault)] : []),
    ...(contextWindow === undefined ? [] : [say.window(contextWindow.toLocaleString("en-US"))]),
    money,
    ...(keyFrom == null ? [] : [paint.dim(say.keyFrom(plain(keyFrom)))]),
  ];
}
