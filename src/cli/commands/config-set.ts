import type { Path } from "#src/config/finding.ts";
import { askArgs, jsonArg } from "../ask.ts";
import { defineCommand } from "../command.ts";
import type { ConfigWrite } from "../config-access.ts";
import { configRefusal, configTexts, issueIn } from "../config-texts.ts";
import { CliError, exits, UsageError } from "../exit.ts";
import { issuesOf } from "../failure.ts";
import { paintFor, type Terminal } from "../terminal.ts";
import { texts } from "../texts.ts";

export const configSet = defineCommand({
  summary: {
    en: "Change one value of the config; the file keeps its comments",
    zh: "更改配置中的一个值，文件中的注释会保留",
  },
  examples: [
    "moltbot config set agents.defaults.model anthropic/claude-sonnet-5-5",
    "moltbot config set gateway.port 19000",
    "moltbot config set logging.level null",
    "moltbot config set models.providers.openai.apiKey - < key.txt",
  ],
  args: {
    path: {
      type: "positional",
      required: true,
      summary: { en: "such as agents.defaults.model", zh: "例如 agents.defaults.model" },
    },
    value: {
      type: "positional",
      required: true,
      summary: {
        en: "JSON5 or plain text; null removes the value, - reads it from the input",
        zh: "JSON5 或纯文本；null 表示删除，- 表示从标准输入读取",
      },
    },
    ...jsonArg,
    ...askArgs,
  },
  async run({ path, value, json, ...flags }, terminal) {
    const { parsePath } = await import("#src/config/finding.ts");
    const say = configTexts[terminal.language];
    const steps = parsePath(path);
    if (steps === null) throw new UsageError(say.badPath(path));
    const text = value === "-" ? await readInput(terminal) : value;
    if (value !== "-") await warnOfHistory(path, steps, text, terminal);
    const { openConfig } = await import("../config-access.ts");
    await using access = await openConfig(flags, terminal, ["operator.admin"]);
    const { parsed: before, exists, hash } = await access.get();
    const patch = await patchFor(before, steps, await readValue(text, steps));
    const written = await access.patch(patch, exists ? hash : undefined).catch((cause: unknown) => {
      throw withIssues(cause, path, terminal);
    });
    if (json) terminal.print(JSON.stringify(written, null, 2));
    else tell(written, access.live, terminal);
  },
});

/** JSON where it is some, else the text itself; digits and brackets stay a text where only a text can stand. */
async function readValue(text: string, steps: Path): Promise<unknown> {
  const { takesOnlyText } = await import("#src/config/schema-view.ts");
  const value = parsed(text);
  const isText = value !== undefined && typeof value !== "string" && value !== null && takesOnlyText(steps);
  return value === undefined || isText ? text : value;
}

/** An object or list may be spelt as in the file; a bare word is no JSON5 to whoever types it. */
function parsed(text: string): unknown {
  const isWhole = /^\s*[[{]/.test(text);
  try {
    return isWhole ? Bun.JSON5.parse(text) : JSON.parse(text);
  } catch {
    return undefined;
  }
}

async function readInput(terminal: Terminal): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of terminal.stdin()) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks)
    .toString("utf8")
    .replace(/\r?\n$/, "");
}

/** A reference to a variable is no secret. */
async function warnOfHistory(path: string, steps: Path, text: string, terminal: Terminal): Promise<void> {
  const { isSecretPath } = await import("#src/config/redact.ts");
  if (!isSecretPath(steps) || text === "null" || /^\$\{[A-Z_][A-Z0-9_]*\}$/.test(text)) return;
  const { yellow } = paintFor(terminal);
  const { language } = terminal;
  terminal.complain(`${yellow(`${texts[language].warning}:`)} ${configTexts[language].inHistory(path)}`);
}

/** A merge patch that makes the value at the path this one; a list on the way is sent whole. */
async function patchFor(parsed: unknown, path: Path, value: unknown): Promise<unknown> {
  const { isObject, valueAt, withChange } = await import("#src/config/value-change.ts");
  const wanted = value === null ? undefined : value;
  const list = path.findIndex(
    (step, index) => typeof step === "number" || Array.isArray(valueAt(parsed, path.slice(0, index))),
  );
  const nest = (steps: Path, inner: unknown) =>
    steps.reduceRight<unknown>((nested, step) => ({ [step]: nested }), inner);
  if (list >= 0) {
    const steps = path.slice(list).map((step) => (/^\d+$/.test(String(step)) ? Number(step) : step));
    const items = valueAt(parsed, path.slice(0, list));
    return nest(path.slice(0, list), withChange(items, { path: steps, value: wanted }));
  }
  const replacing = (old: unknown, next: unknown): unknown => {
    if (!isObject(old) || !isObject(next)) return next;
    const gone = Object.keys(old).filter((key) => !Object.hasOwn(next, key));
    return {
      ...Object.fromEntries(gone.map((key) => [key, null])),
      ...Object.fromEntries(Object.entries(next).map(([key, inner]) => [key, replacing(old[key], inner)])),
    };
  };
  return nest(path, value === null ? null : replacing(valueAt(parsed, path), value));
}

function tell(written: ConfigWrite, live: boolean, terminal: Terminal): void {
  const say = configTexts[terminal.language];
  const paint = paintFor(terminal);
  for (const warning of written.warnings) {
    const head = paint.yellow(`${texts[terminal.language].warning}:`);
    terminal.complain(`${head} ${issueIn(warning, terminal.language)}`);
  }
  if (!written.changed) {
    terminal.print(say.unchanged(written.path));
    return;
  }
  const effect = !live ? say.nextStart : written.applied.length > 0 ? say.applied : undefined;
  terminal.print([say.written(written.path), effect].filter((part) => part !== undefined).join(" · "));
  if (written.needsRestart.length > 0) {
    terminal.print(paint.yellow(say.needsRestart(written.needsRestart.join(", "))));
  }
}

/** The refusal with everything that is wrong, line by line. */
function withIssues(cause: unknown, path: string, terminal: Terminal): unknown {
  if (!(cause instanceof Error)) return cause;
  const { language } = terminal;
  const lines = issuesOf(cause, language);
  const what = configRefusal(cause.message, language);
  if (lines.length > 0) {
    return new CliError(exits.config, [what, ...lines].join("\n"), undefined, { cause });
  }
  // By the file, a refusal is no answer of a gateway; its sentence is for people all the same.
  if (cause.name !== "GatewayError") return cause;
  return new CliError(exits.failure, what, configTexts[language].refused(path), { cause });
}
