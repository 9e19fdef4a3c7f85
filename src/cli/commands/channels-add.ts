import type { Result } from "#protocol";
import type { GatewayClient } from "#src/client/client.ts";
import { askArgs, jsonArg, openClient } from "../ask.ts";
import { loginBySteps } from "../channel-steps.ts";
import { channelTexts } from "../channel-texts.ts";
import { defineCommand } from "../command.ts";
import { UsageError } from "../exit.ts";
import { fold, plain } from "../layout.ts";
import { isAnybodyThere, openPrompter, type Prompter } from "../prompter.ts";
import { paintFor, type Terminal } from "../terminal.ts";

const scopes = ["operator.read", "operator.write", "operator.admin"] as const;

const accountArg = {
  account: {
    type: "string",
    short: "a",
    hint: "NAME",
    summary: { en: "a name for it, where there are several", zh: "账号名称（有多个账号时）" },
  },
} as const;

const flowArg = {
  flow: {
    type: "string",
    hint: "NAME",
    summary: { en: "which way to log in, where there are several", zh: "登录方式（有多种时）" },
  },
} as const;

const settingsArg = {
  settings: {
    type: "string",
    hint: "JSON",
    summary: { en: "further settings, by their names in the config", zh: "其他设置，使用配置中的名称" },
  },
} as const;

const { token: gatewayToken, ...otherAskArgs } = askArgs;

export const channelsAdd = defineCommand({
  summary: { en: "Add an account on a messaging platform, step by step", zh: "分步添加消息平台账号" },
  examples: [
    "moltbot channels add",
    "moltbot channels add telegram",
    "pass show bot | moltbot channels add telegram --token -",
    "moltbot channels add telegram --account work --token -",
  ],
  args: {
    channel: {
      type: "positional",
      required: false,
      summary: { en: "the platform, such as telegram", zh: "平台，例如 telegram" },
    },
    ...accountArg,
    token: {
      type: "string",
      hint: "TOKEN",
      summary: {
        en: "its token there; - reads it from standard input",
        zh: "平台令牌；- 表示从标准输入读取",
      },
    },
    ...settingsArg,
    ...flowArg,
    test: {
      type: "boolean",
      default: true,
      summary: {
        en: "write it only if the platform takes it (--no-test writes it anyway)",
        zh: "平台接受才写入（--no-test 跳过）",
      },
    },
    ...jsonArg,
    "gateway-token": gatewayToken,
    ...otherAskArgs,
  },
  async run({ channel, account, token, settings, flow, test, json, ...flags }, terminal) {
    const say = channelTexts[terminal.language];
    const given = token === "-" ? await readAll(terminal) : token;
    const more = settingsOf(settings, terminal);
    const { "gateway-token": ownToken, ...ask } = flags;
    await using client = await openClient({ ...ask, token: ownToken }, terminal, { scopes });
    const { channels } = await client.call("channels.list");
    if (channels.length === 0) throw new UsageError(say.noChannels);
    const isManual = given === undefined && !json && isAnybodyThere(terminal);
    using prompter = isManual ? openPrompter(terminal) : null;
    const entry = await whichChannel(channel, channels, prompter, terminal);
    if (prompter === null) {
      if (given === undefined && more === undefined) {
        throw entry.credential === null
          ? new UsageError(say.asksNobody, say.takesNoToken(entry.id))
          : new UsageError(say.needsToken(entry.label), say.howToToken);
      }
      const added = await client.call(
        "channels.add",
        {
          channel: entry.id,
          ...(account === undefined ? {} : { accountId: account }),
          ...(given === undefined ? {} : { token: given }),
          ...(more === undefined ? {} : { settings: more }),
          ...(test ? {} : { test: false }),
        },
        { timeoutMs: 60_000 },
      );
      if (json) terminal.print(JSON.stringify(added, null, 2));
      else showAdded(`${entry.label} ${added.accountId}`, added, terminal);
      for (const finding of json ? [] : added.findings) printBelow(plain(finding), terminal);
      return;
    }
    const accountId = account ?? (await anotherName(entry, prompter, terminal));
    await logIn(client, entry, { account: accountId, flow, settings: more }, prompter, terminal);
  },
});

export const channelsLogin = defineCommand({
  summary: { en: "Log an account in, or in anew, step by step", zh: "分步登录或重新登录账号" },
  examples: ["moltbot channels login telegram", "moltbot channels login telegram --account work"],
  args: {
    channel: {
      type: "positional",
      required: true,
      summary: { en: "the platform, such as telegram", zh: "平台，例如 telegram" },
    },
    ...accountArg,
    ...flowArg,
    ...settingsArg,
    ...askArgs,
  },
  async run({ channel, account, flow, settings, ...flags }, terminal) {
    const more = settingsOf(settings, terminal);
    await using client = await openClient(flags, terminal, { scopes });
    const { channels } = await client.call("channels.list");
    using prompter = isAnybodyThere(terminal) ? openPrompter(terminal) : null;
    const entry = await whichChannel(channel, channels, null, terminal);
    await logIn(client, entry, { account, flow, settings: more }, prompter, terminal);
  },
});

type Entry = Result<"channels.list">["channels"][number];

async function whichChannel(
  channel: string | undefined,
  channels: readonly Entry[],
  prompter: Prompter | null,
  terminal: Terminal,
): Promise<Entry> {
  const say = channelTexts[terminal.language];
  const ids = say.channels(channels.map(({ id }) => id).join(", "));
  if (channel === undefined) {
    if (prompter === null) throw new UsageError(say.needsChannel, ids);
    const [only] = channels;
    const chosen =
      channels.length === 1
        ? only
        : channels[
            await prompter.choose(
              say.whichChannel,
              channels.map(({ label }) => plain(label)),
            )
          ];
    if (chosen !== undefined) return chosen;
  }
  const found = channels.find(({ id }) => id === channel?.toLowerCase());
  if (found === undefined) throw new UsageError(say.unknownChannel(channel ?? ""), ids);
  return found;
}

/** Where there is an account already, a person may mean it or another one. */
async function anotherName(
  { label, accounts }: Entry,
  prompter: Prompter,
  terminal: Terminal,
): Promise<string | undefined> {
  if (accounts.length === 0) return undefined;
  const say = channelTexts[terminal.language];
  terminal.print(say.exists(label));
  const name = await prompter.ask(say.accountName);
  return name === "" ? undefined : name;
}

interface Wanted {
  account: string | undefined;
  flow: string | undefined;
  settings: Record<string, unknown> | undefined;
}

async function logIn(
  client: GatewayClient,
  { id, label }: Entry,
  { account, flow, settings }: Wanted,
  prompter: Prompter | null,
  terminal: Terminal,
): Promise<void> {
  const wanted = {
    channel: id,
    ...(account === undefined ? {} : { accountId: account }),
    ...(flow === undefined ? {} : { flow }),
    ...(settings === undefined ? {} : { settings }),
  };
  const { done, accountId } = await loginBySteps(client, wanted, prompter, terminal);
  showAdded(`${label} ${accountId}`, done, terminal);
  if (done.next !== undefined) printBelow(plain(done.next), terminal);
}

function showAdded(
  name: string,
  { as, keyIn, applied }: { as: string | null; keyIn: "keychain" | "file" | null; applied: boolean },
  terminal: Terminal,
): void {
  const say = channelTexts[terminal.language];
  const what = as === null ? say.added(plain(name)) : say.addedAs(plain(name), plain(as));
  const head = `${what} · ${applied ? say.applied : say.needsRestart}`;
  for (const line of fold(head, terminal.columns, "  ", `${paintFor(terminal).green("✓")} `))
    terminal.print(line);
  if (keyIn !== null) printBelow(say.keyIn[keyIn], terminal);
}

function printBelow(text: string, terminal: Terminal): void {
  for (const line of fold(text, terminal.columns, "  ")) terminal.print(line);
}

function settingsOf(text: string | undefined, terminal: Terminal): Record<string, unknown> | undefined {
  if (text === undefined) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === "object" && value !== null && !Array.isArray(value)) {
      return value as Record<string, unknown>;
    }
  } catch {
    // Told below, like other texts that are none.
  }
  throw new UsageError(channelTexts[terminal.language].badSettings, `--settings '{"name":"value"}'`);
}

async function readAll(terminal: Terminal): Promise<string> {
  let text = "";
  for await (const chunk of terminal.stdin()) text += String(chunk);
  return text.trim();
}
