import type { Params, Result } from "#protocol";
import type { GatewayClient } from "#src/client/client.ts";
import { askArgs, jsonArg, openClient } from "../ask.ts";
import { defineCommand } from "../command.ts";
import { CliError, exits } from "../exit.ts";
import { plain } from "../layout.ts";
import { wholeNumber } from "../parse.ts";
import { createReplyWriter } from "../reply.ts";
import { paintFor, type Terminal } from "../terminal.ts";
import { texts } from "../texts.ts";

export const agent = defineCommand({
  summary: {
    en: "Run the agent once on a message and print the reply",
    zh: "让智能体处理一条消息并输出回复",
  },
  examples: [
    "moltbot agent --message 'what did I miss?'",
    "moltbot agent -m 'summarise this week' --session work --thinking high",
    "moltbot agent -m hello --json",
  ],
  args: {
    message: {
      type: "string",
      short: "m",
      hint: "TEXT",
      required: true,
      summary: { en: "what to say", zh: "消息内容" },
    },
    session: {
      type: "string",
      short: "s",
      hint: "KEY",
      summary: { en: "in which conversation (main)", zh: "会话（main）" },
    },
    agent: {
      type: "string",
      hint: "ID",
      summary: { en: "which agent (the default one)", zh: "智能体（默认）" },
    },
    thinking: {
      type: "enum",
      options: ["off", "minimal", "low", "medium", "high", "xhigh"],
      summary: { en: "how much to think", zh: "思考程度" },
    },
    timeout: {
      type: "string",
      hint: "SECONDS",
      summary: { en: "stop the run after this long", zh: "运行的最长秒数" },
    },
    ...jsonArg,
    ...askArgs,
  },
  async run({ message, session, agent: agentId, thinking, timeout, json, ...flags }, terminal) {
    const { uuid } = await import("#src/lib/ids.ts");
    const seconds =
      timeout === undefined
        ? undefined
        : wholeNumber("--timeout", timeout, { min: 1, max: 86_400 }, terminal.language);
    const params: Params<"agent"> = {
      message,
      idempotencyKey: uuid(),
      ...(session === undefined ? {} : { sessionKey: session }),
      ...(agentId === undefined ? {} : { agentId }),
      ...(thinking === undefined ? {} : { thinking }),
      ...(seconds === undefined ? {} : { timeout: seconds }),
    };
    await using client = await openClient(flags, terminal, { scopes: ["operator.read", "operator.write"] });
    const result = await runOnce(client, params, terminal, json ? "silent" : "stream");
    if (json) terminal.print(JSON.stringify(result, null, 2));
    else if (result.result?.meta.notice !== undefined) {
      terminal.complain(paintFor(terminal).dim(plain(result.result.meta.notice)));
    }
    return verdict(result, json);
  },
});

async function runOnce(
  client: GatewayClient,
  params: Params<"agent">,
  terminal: Terminal,
  output: "stream" | "silent",
): Promise<Result<"agent">> {
  const { RequestError } = await import("#src/client/errors.ts");
  // Into a file or a pipe goes the final text alone: what a run says on its way may be replaced.
  const streams = output === "stream" && terminal.tty.stdout;
  const writer = createReplyWriter(streams ? (text) => terminal.write(plain(text)) : terminal.write);
  const leave = client.events("agent", (event) => {
    if (streams && event.runId === params.idempotencyKey && event.stream === "assistant")
      writer.show(event.data.text);
  });
  const restore = terminal.onSignal(() => {
    restore();
    void stop(client, params).catch(() => {});
  });
  try {
    const result = await client.call("agent", params);
    const text = (result.result?.payloads ?? []).map((payload) => payload.text ?? "").join("\n\n");
    if (output === "stream" && text !== "") writer.show(text);
    return result;
  } catch (cause) {
    if (!(cause instanceof RequestError) || output === "stream") throw cause;
    if (isResult(cause.payload)) return cause.payload;
    throw cause;
  } finally {
    writer.end();
    restore();
    leave();
  }
}

/** Ctrl-C: the run belongs to its session and would go on without us. A second one ends this program at once. */
async function stop(client: GatewayClient, params: Params<"agent">): Promise<void> {
  const { agentId, idempotencyKey: runId, sessionKey = "main" } = params;
  await client.call("chat.abort", { sessionKey, runId, ...(agentId === undefined ? {} : { agentId }) });
}

function isResult(payload: unknown): payload is Result<"agent"> {
  return typeof payload === "object" && payload !== null && "runId" in payload && "status" in payload;
}

function verdict(result: Result<"agent">, json: boolean): number {
  const meta = result.result?.meta;
  if (result.status === "ok" && meta?.aborted !== true) return exits.ok;
  if (json) return exits.failure;
  const why = meta?.error?.message ?? result.summary;
  throw new CliError(exits.failure, why ?? texts.en.stopped);
}
