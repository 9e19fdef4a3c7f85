import type { Scope } from "#protocol/access.ts";
import { askArgs, openClient } from "../ask.ts";
import { defineCommand } from "../command.ts";
import { UsageError } from "../exit.ts";
import { wholeNumber } from "../parse.ts";
import { texts } from "../texts.ts";

export const call = defineCommand({
  summary: { en: "Call one method of the gateway and print its result", zh: "调用网关的一个方法并输出结果" },
  examples: [
    "moltbot call health",
    `moltbot call chat.history --params '{"sessionKey":"main","limit":5}'`,
    `moltbot call agent --params '{"message":"hello","idempotencyKey":"k1"}' --expect-final`,
  ],
  args: {
    method: {
      type: "positional",
      required: true,
      summary: { en: "its name, as in chat.history", zh: "方法名，例如 chat.history" },
    },
    params: {
      type: "string",
      hint: "JSON",
      summary: { en: "its params; {} unless given", zh: "参数，默认 {}" },
    },
    "expect-final": {
      type: "boolean",
      summary: {
        en: "where it answers twice, wait for the second answer",
        zh: "方法应答两次时，等待第二次应答",
      },
    },
    timeout: {
      type: "string",
      hint: "SECONDS",
      summary: { en: "how long to wait for the answer (30)", zh: "等待应答的秒数（30）" },
    },
    ...askArgs,
  },
  async run({ method, params, "expect-final": expectFinal, timeout, ...flags }, terminal) {
    const { language } = terminal;
    const value = parseJson(params ?? "{}", texts[language].badJson);
    const timeoutMs =
      timeout === undefined
        ? undefined
        : 1000 * wholeNumber("--timeout", timeout, { min: 1, max: 86_400 }, language);
    const { isMethod, accessOf } = await import("#protocol");
    const { checkParams } = await import("#src/lib/validators.ts");
    // A copy: checking removes what the method would ignore, and the gateway may be newer than this build.
    const problem = isMethod(method) ? checkParams(method, structuredClone(value)) : null;
    if (problem !== null) throw new UsageError(texts[language].badParams(method, problem));
    const { scopes } = await import("#protocol/access.ts");
    const wanted = isMethod(method) ? scopesFor(accessOf(method), scopes) : scopes;
    await using client = await openClient(flags, terminal, { scopes: wanted });
    if (!isMethod(method)) await refuseUnknown(method, client.hello.features.methods, texts[language]);
    const result = await client.request(method, value, {
      expectFinal,
      ...(timeoutMs === undefined ? {} : { timeoutMs }),
    });
    terminal.print(JSON.stringify(result, null, 2));
  },
});

function parseJson(text: string, complaint: (why: string) => string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new UsageError(complaint(cause instanceof Error ? cause.message : String(cause)));
  }
}

/** No more than the method needs. */
function scopesFor(access: string, all: readonly Scope[]): readonly Scope[] {
  return all.filter((scope) => scope === access);
}

async function refuseUnknown(
  method: string,
  served: readonly string[],
  say: { unknownMethod(method: string): string; didYouMean(what: string): string },
): Promise<void> {
  if (served.includes(method)) return;
  const { suggest } = await import("#src/config/suggest.ts");
  const meant = suggest(method, served);
  throw new UsageError(say.unknownMethod(method), meant === undefined ? undefined : say.didYouMean(meant));
}
