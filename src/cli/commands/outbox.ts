import { askArgs, jsonArg, withClient } from "../ask.ts";
import { defineCommand } from "../command.ts";
import { confirm, yesArg } from "../confirm.ts";
import { cut, fold, pad, plain, widest } from "../layout.ts";
import { messageTexts } from "../message-texts.ts";
import { wholeNumber } from "../parse.ts";
import { paintFor } from "../terminal.ts";

const idArg = {
  id: {
    type: "positional",
    required: true,
    summary: { en: "its number in moltbot outbox list", zh: "moltbot outbox list 中的编号" },
  },
} as const;

export const outboxList = defineCommand({
  summary: {
    en: "List messages that wait, were given up, or may not have arrived",
    zh: "列出等待、已放弃或不确定是否送达的消息",
  },
  examples: ["moltbot outbox list", "moltbot outbox list --json"],
  args: { ...jsonArg, ...askArgs },
  async run({ json, ...flags }, terminal) {
    const listed = await withClient(flags, terminal, ["operator.read"], (client) =>
      client.call("outbox.list", {}),
    );
    if (json) {
      terminal.print(JSON.stringify(listed, null, 2));
      return;
    }
    const say = messageTexts[terminal.language];
    const paint = paintFor(terminal);
    if (listed.rows.length === 0) {
      terminal.print(say.noneWaiting);
      return;
    }
    const ids = listed.rows.map(({ id }) => String(id));
    const width = widest(ids);
    for (const [index, row] of listed.rows.entries()) {
      const state = say.states[row.state];
      const where = plain(`${row.channel} ${row.conversationId}`);
      const head = `${pad(ids[index] ?? "", width)}  ${row.state === "unknown" ? paint.yellow(state) : state} · ${where}`;
      terminal.print(head);
      const text = plain(row.preview);
      terminal.print(
        paint.dim(`${" ".repeat(width + 2)}${cut(text, (terminal.columns ?? 200) - width - 2)}`),
      );
      const why =
        row.error === undefined ? [] : fold(plain(row.error), terminal.columns, " ".repeat(width + 2));
      for (const line of why) terminal.print(paint.dim(line));
    }
    terminal.print("");
    for (const line of fold(say.whatToDo, terminal.columns)) terminal.print(line);
  },
});

export const outboxRetry = defineCommand({
  summary: { en: "Send such a message again", zh: "重新发送这样的消息" },
  examples: ["moltbot outbox retry 7", "moltbot outbox retry 7 --yes"],
  args: { ...idArg, ...yesArg, ...askArgs },
  async run({ id, yes, ...flags }, terminal) {
    const say = messageTexts[terminal.language];
    const number = wholeNumber("ID", id, { min: 1, max: Number.MAX_SAFE_INTEGER }, terminal.language);
    await withClient(flags, terminal, ["operator.write"], async (client) => {
      await confirm(say.askRetry(number), yes, terminal);
      await client.call("outbox.retry", { id: number });
      terminal.print(say.retried(number));
    });
  },
});

export const outboxDiscard = defineCommand({
  summary: { en: "Forget such a message", zh: "忘记这样的消息" },
  examples: ["moltbot outbox discard 7"],
  args: { ...idArg, ...yesArg, ...askArgs },
  async run({ id, yes, ...flags }, terminal) {
    const say = messageTexts[terminal.language];
    const number = wholeNumber("ID", id, { min: 1, max: Number.MAX_SAFE_INTEGER }, terminal.language);
    await withClient(flags, terminal, ["operator.write"], async (client) => {
      await confirm(say.askDiscard(number), yes, terminal);
      await client.call("outbox.discard", { id: number });
      terminal.print(say.discarded(number));
    });
  },
});
