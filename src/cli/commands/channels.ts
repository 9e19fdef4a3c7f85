import type { Result } from "#protocol";
import type { ChannelAccount } from "#protocol/domains/channels.ts";
import { askArgs, jsonArg, withClient } from "../ask.ts";
import { channelTexts } from "../channel-texts.ts";
import { defineCommand } from "../command.ts";
import { confirm, yesArg } from "../confirm.ts";
import { exits } from "../exit.ts";
import { fold, pad, plain, widest } from "../layout.ts";
import { showSpan } from "../span.ts";
import { paintFor, type Terminal } from "../terminal.ts";

const admin = ["operator.read", "operator.write", "operator.admin"] as const;

const nameArgs = {
  channel: {
    type: "positional",
    required: true,
    summary: { en: "the platform, such as telegram", zh: "平台，例如 telegram" },
  },
  account: {
    type: "string",
    short: "a",
    hint: "NAME",
    summary: { en: "which account, where there are several", zh: "账号名称（有多个账号时）" },
  },
} as const;

type Status = Result<"channels.status">;

export const channelsList = defineCommand({
  summary: { en: "List the accounts on messaging platforms", zh: "列出消息平台账号" },
  examples: ["moltbot channels list", "moltbot channels list --json"],
  args: { ...jsonArg, ...askArgs },
  async run({ json, ...flags }, terminal) {
    const status = await withClient(flags, terminal, ["operator.read"], (client) =>
      client.call("channels.status", {}),
    );
    if (json) terminal.print(JSON.stringify(status, null, 2));
    else for (const line of showList(status, terminal)) terminal.print(line);
  },
});

export const channelsStatus = defineCommand({
  summary: {
    en: "Show how every account is, by its last proof; exit 1 where one is not well",
    zh: "按最近一次确认显示各账号状态；有异常则退出码为 1",
  },
  examples: ["moltbot channels status", "moltbot channels status --probe", "moltbot channels status --json"],
  args: {
    probe: { type: "boolean", summary: { en: "ask the platforms now", zh: "立即向平台查询" } },
    ...jsonArg,
    ...askArgs,
  },
  async run({ probe, json, ...flags }, terminal) {
    const status = await withClient(flags, terminal, ["operator.read"], (client) =>
      client.call("channels.status", probe ? { probe } : {}, { timeoutMs: 30_000 }),
    );
    if (json) terminal.print(JSON.stringify(status, null, 2));
    else for (const line of showStatus(status, terminal)) terminal.print(line);
    const isWell = Object.values(status.channelAccounts)
      .flat()
      .every(({ state, probe: look }) => (state === "connected" || state === "off") && look?.ok !== false);
    return isWell ? exits.ok : exits.failure;
  },
});

export const channelsRemove = defineCommand({
  summary: { en: "Remove an account with all that it kept", zh: "移除账号及其保存的数据" },
  examples: ["moltbot channels remove telegram", "moltbot channels remove telegram --account work --yes"],
  args: { ...nameArgs, ...yesArg, ...jsonArg, ...askArgs },
  async run({ channel, account, yes, json, ...flags }, terminal) {
    const say = channelTexts[terminal.language];
    const name = { channel: channel ?? "", ...(account === undefined ? {} : { accountId: account }) };
    await confirm(say.wantRemove(shownName(channel, account)), yes, terminal);
    const removed = await withClient(flags, terminal, admin, (client) =>
      client.call("channels.remove", name),
    );
    if (json) terminal.print(JSON.stringify(removed, null, 2));
    else {
      const shown = say.removed(shownName(removed.channel, removed.accountId));
      terminal.print(`${paintFor(terminal).green("✓")} ${shown}`);
    }
  },
});

export const channelsLogout = defineCommand({
  summary: { en: "Log an account out and forget its login", zh: "退出账号并清除其登录" },
  examples: ["moltbot channels logout telegram", "moltbot channels logout telegram --account work --yes"],
  args: { ...nameArgs, ...yesArg, ...jsonArg, ...askArgs },
  async run({ channel, account, yes, json, ...flags }, terminal) {
    const say = channelTexts[terminal.language];
    const name = { channel: channel ?? "", ...(account === undefined ? {} : { accountId: account }) };
    await confirm(say.wantLogout(shownName(channel, account)), yes, terminal);
    const done = await withClient(flags, terminal, admin, (client) =>
      client.call("channels.logout", name, { timeoutMs: 60_000 }),
    );
    if (json) {
      terminal.print(JSON.stringify(done, null, 2));
      return;
    }
    const shown = shownName(done.channel, done.accountId);
    const what = done.cleared || done.loggedOut ? say.loggedOut(shown) : say.nothingKept(shown);
    terminal.print(`${paintFor(terminal).green("✓")} ${what}`);
    const more = [
      ...(done.cleared && !done.loggedOut ? [say.notTold] : []),
      ...(done.envToken ? [say.envToken] : []),
    ];
    for (const line of more.flatMap((text) => fold(text, terminal.columns, "  "))) terminal.print(line);
  },
});

function shownName(channel: string | undefined, account: string | undefined): string {
  return plain([channel ?? "", ...(account === undefined ? [] : [account])].join(" "));
}

interface Row {
  name: string;
  account: ChannelAccount;
}

function rowsOf({ channelOrder, channelLabels, channelAccounts }: Status): Row[] {
  return channelOrder.flatMap((id) =>
    (channelAccounts[id] ?? []).map((account) => ({
      name: plain(`${channelLabels[id] ?? id} ${account.accountId}`),
      account,
    })),
  );
}

function showList(status: Status, terminal: Terminal): string[] {
  const say = channelTexts[terminal.language];
  const rows = rowsOf(status);
  const width = widest(rows.map(({ name }) => name));
  const [first] = status.channelOrder;
  if (first === undefined) return [say.noChannels];
  const others = status.channelOrder.filter((id) => (status.channelAccounts[id] ?? []).length === 0);
  return [
    ...(rows.length === 0 ? [say.noAccounts, say.addOne(first)] : []),
    ...rows.map(({ name, account }) => `${pad(name, width)}  ${stateOf(account, terminal)}`),
    ...(rows.length === 0 || others.length === 0
      ? []
      : fold(say.available(others.join(", ")), terminal.columns)),
  ];
}

function showStatus(status: Status, terminal: Terminal): string[] {
  const say = channelTexts[terminal.language];
  const rows = rowsOf(status);
  if (rows.length === 0) return showList(status, terminal);
  const width = widest(rows.map(({ name }) => name));
  const paint = paintFor(terminal);
  return rows.flatMap(({ name, account }) => {
    const { lastError, hint, probe, failures } = account;
    const facts = [stateOf(account, terminal), ...timesOf(account, status.ts, terminal)];
    if (failures > 0) facts.push(say.failures(failures));
    if (account.dmPolicy !== undefined) facts.push(paint.dim(say.dm(account.dmPolicy)));
    const isWell = account.state === "connected" || account.state === "off";
    const problem =
      lastError === null ? [] : [[lastError, hint].filter((each) => each !== undefined).join("; ")];
    const look =
      probe === undefined
        ? []
        : probe.ok
          ? [paint.dim(say.lookedWell(plain(probe.bot?.username ?? ""), probe.elapsedMs))]
          : [paint.yellow(say.lookedBad(plain(probe.findings.join("; "))))];
    const { columns } = terminal;
    return [
      ...fold(facts.join(" · "), columns, " ".repeat(width + 2), `${pad(name, width)}  `),
      ...(isWell ? [] : problem.flatMap((text) => fold(paint.yellow(plain(text)), columns, "  "))),
      ...look.flatMap((text) => fold(text, columns, "  ")),
    ];
  });
}

function stateOf({ state, as, connected }: ChannelAccount, terminal: Terminal): string {
  const say = channelTexts[terminal.language];
  const paint = paintFor(terminal);
  const word = say.states[state];
  const shown = connected ? paint.green(word) : state === "off" ? paint.dim(word) : paint.yellow(word);
  return as === undefined ? shown : `${shown} ${say.as(plain(as))}`;
}

function timesOf(account: ChannelAccount, now: number, terminal: Terminal): string[] {
  const say = channelTexts[terminal.language];
  const span = (ms: number) => showSpan(Math.max(ms, 0), terminal.language);
  const { waitingUntil, lastAliveAt, lastInboundAt, lastOutboundAt } = account;
  return [
    ...(waitingUntil === null ? [] : [say.again(span(waitingUntil - now))]),
    ...(lastAliveAt === null ? [] : [say.proved(span(now - lastAliveAt))]),
    ...(lastInboundAt === null ? [] : [say.received(span(now - lastInboundAt))]),
    ...(lastOutboundAt === null ? [] : [say.sent(span(now - lastOutboundAt))]),
  ];
}
