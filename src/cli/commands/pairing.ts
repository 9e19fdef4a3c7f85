import type { Result } from "#protocol";
import { askArgs, jsonArg, withClient } from "../ask.ts";
import { defineCommand } from "../command.ts";
import { fold, pad, plain, widest } from "../layout.ts";
import { pairingTexts } from "../pairing-texts.ts";
import { showSpan } from "../span.ts";
import { paintFor, type Terminal } from "../terminal.ts";

const codeArgs = {
  channel: {
    type: "positional",
    required: true,
    summary: {
      en: "the channel that they wrote on; the code alone will do",
      zh: "对方所在的渠道；也可只写配对码",
    },
  },
  code: {
    type: "positional",
    required: false,
    summary: { en: "the code that they got", zh: "对方得到的配对码" },
  },
} as const;

/** One word is the code: it is good on one channel only. */
const requestOf = (channel: string, code: string | undefined) =>
  code === undefined ? { code: channel } : { channel, code };

export const pairingList = defineCommand({
  summary: {
    en: "List who wrote and waits to be let in, and who was let in",
    zh: "列出等待批准和已批准的联系人",
  },
  examples: ["moltbot pairing list", "moltbot pairing list telegram --json"],
  args: {
    channel: { type: "positional", required: false, summary: { en: "one channel only", zh: "仅此渠道" } },
    ...jsonArg,
    ...askArgs,
  },
  async run({ channel, json, ...flags }, terminal) {
    const listed = await withClient(flags, terminal, ["operator.pairing"], (client) =>
      client.call("pairing.list", channel === undefined ? {} : { channel }),
    );
    if (json) terminal.print(JSON.stringify(listed, null, 2));
    else for (const line of showList(listed, terminal)) terminal.print(line);
  },
});

export const pairingApprove = defineCommand({
  summary: {
    en: "Let somebody in who wrote and got a code; their message is answered",
    zh: "批准持有配对码的人，并回复其消息",
  },
  examples: ["moltbot pairing approve telegram K7QM2XAB"],
  args: { ...codeArgs, ...jsonArg, ...askArgs },
  async run({ channel, code, json, ...flags }, terminal) {
    const { sender } = await withClient(flags, terminal, ["operator.pairing"], (client) =>
      client.call("pairing.approve", requestOf(channel, code)),
    );
    if (json) return terminal.print(JSON.stringify(sender, null, 2));
    const say = pairingTexts[terminal.language];
    const who = plain(sender.senderName ?? sender.senderId);
    const said = sender.owner ? say.approvedOwner(who, sender.channel) : say.approved(who, sender.channel);
    for (const line of fold(said, terminal.columns)) terminal.print(line);
  },
});

export const pairingDeny = defineCommand({
  summary: { en: "Turn somebody away who wrote and got a code", zh: "拒绝持有配对码的人" },
  examples: ["moltbot pairing deny telegram K7QM2XAB"],
  args: { ...codeArgs, ...jsonArg, ...askArgs },
  async run({ channel, code, json, ...flags }, terminal) {
    const denied = await withClient(flags, terminal, ["operator.pairing"], (client) =>
      client.call("pairing.deny", requestOf(channel, code)),
    );
    if (json) return terminal.print(JSON.stringify(denied, null, 2));
    const say = pairingTexts[terminal.language];
    const said = say.denied(plain(denied.senderId), denied.channel);
    for (const line of fold(said, terminal.columns)) terminal.print(line);
  },
});

function showList({ requests, approved }: Result<"pairing.list">, terminal: Terminal): string[] {
  const say = pairingTexts[terminal.language];
  const paint = paintFor(terminal);
  const nameOf = ({ senderName, senderId }: { senderName?: string; senderId: string }) =>
    plain(senderName === undefined ? senderId : `${senderName} (${senderId})`);
  const places = widest([...requests, ...approved].map(placeOf));
  const waiting = requests.flatMap((request) => {
    const left = showSpan(Math.max(request.expiresAt - Date.now(), 0), terminal.language);
    const head = `  ${paint.bold(request.code)}  ${pad(placeOf(request), places)}  `;
    const rest = `${nameOf(request)}  ${paint.dim(say.left(left))}`;
    return fold(rest, terminal.columns, " ".repeat(Bun.stringWidth(head)), head);
  });
  const inside = approved.map(
    (sender) =>
      `  ${pad(placeOf(sender), places)}  ${nameOf(sender)}${sender.owner ? `  ${paint.dim(say.owner)}` : ""}`,
  );
  return [
    ...(waiting.length === 0
      ? [say.nobody]
      : [say.waiting, ...waiting, ...fold(say.howTo, terminal.columns, "  ")]),
    ...(inside.length === 0 ? [] : [say.letIn, ...inside]),
  ];
}

function placeOf({ channel, accountId }: { channel: string; accountId: string }): string {
  return plain(accountId === "default" ? channel : `${channel}/${accountId}`);
}
