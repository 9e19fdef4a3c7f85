import { toFingerprint } from "#src/lib/fingerprint.ts";
import { jsonArg, withClient } from "../ask.ts";
import { defineCommand } from "../command.ts";
import { CliError, exits, UsageError } from "../exit.ts";
import {
  gatewayNamed,
  isGatewayName,
  type NamedGateway,
  ownName,
  readGateways,
  writeGateways,
} from "../gateways-file.ts";
import { gatewaysTexts } from "../gateways-texts.ts";
import { pairs, plain } from "../layout.ts";
import { locationsFor } from "../surroundings.ts";
import { secretOf, toSocketUrl } from "../target.ts";
import type { Terminal } from "../terminal.ts";
import { texts } from "../texts.ts";

const profileArg = {
  profile: {
    type: "string",
    hint: "NAME",
    summary: { en: "the list of this profile", zh: "该配置档的列表" },
  },
} as const;

const nameArg = {
  name: { type: "positional", required: true, summary: { en: "what it is called", zh: "网关的名称" } },
} as const;

export const gatewaysList = defineCommand({
  summary: { en: "Show the gateways that commands can ask by name", zh: "显示可按名称访问的网关" },
  examples: ["moltbot gateways", "moltbot gateways list --json"],
  args: { ...jsonArg, ...profileArg },
  async run({ json, profile }, terminal) {
    const say = gatewaysTexts[terminal.language];
    const { used, gateways } = read(profile, terminal);
    const all = Object.entries(gateways);
    if (json) {
      // A secret is only ever shown to the gateway that it belongs to.
      const shown = all.map(([name, { url, tlsFingerprint = null, token, password }]) => ({
        ...{ name, url, tlsFingerprint, used: name === used },
        hasSecret: secretOf(token, password) !== undefined,
      }));
      terminal.print(JSON.stringify(shown, null, 2));
      return;
    }
    const rows = all.map(([name, each]): [string, string] => {
      const marks = [
        ...(name === used ? [say.used] : []),
        ...(each.tlsFingerprint === undefined ? [] : [say.pinned]),
        ...(secretOf(each.token, each.password) === undefined ? [] : [say.secret]),
      ];
      return [name, [plain(each.url), ...marks].join(" · ")];
    });
    const own = used === null ? `${say.own} · ${say.used}` : say.own;
    terminal.print(pairs([[ownName, own], ...rows], terminal.columns).join("\n"));
  },
});

export const gatewaysAdd = defineCommand({
  summary: { en: "Give a gateway on another computer a name", zh: "为另一台计算机上的网关命名" },
  examples: [
    "moltbot gateways add home ws://127.0.0.1:18790",
    "moltbot gateways add office wss://office.example:18789 --tls-fingerprint AB:CD",
    "moltbot gateways add home ws://127.0.0.1:18791 --replace",
    "moltbot gateways add vps 'https://vps.example:18789/#pair=SECRET'",
  ],
  args: {
    ...nameArg,
    url: {
      type: "positional",
      required: true,
      summary: { en: "its address, or the link that it gave", zh: "地址，或它给出的链接" },
    },
    token: { type: "string", hint: "TOKEN", summary: { en: "its token", zh: "它的令牌" } },
    password: { type: "string", hint: "PASSWORD", summary: { en: "its password", zh: "它的密码" } },
    "tls-fingerprint": {
      type: "string",
      hint: "SHA256",
      summary: { en: "the certificate that it must show", zh: "它必须出示的证书指纹" },
    },
    replace: {
      type: "boolean",
      summary: { en: "in the place of the one of this name", zh: "取代同名的网关" },
    },
    ...profileArg,
  },
  async run({ name, url: given, token, password, "tls-fingerprint": pin, replace, profile }, terminal) {
    const { language } = terminal;
    const say = gatewaysTexts[language];
    if (!isGatewayName(name)) throw new UsageError(say.badName(name));
    const known = read(profile, terminal).gateways;
    if (!replace && Object.hasOwn(known, name)) {
      const hint = say.replaceIt(`moltbot gateways add ${name} URL --replace`);
      throw new CliError(exits.usage, say.taken(name, plain(known[name]?.url ?? "")), hint);
    }
    const [address = "", fragment = ""] = given.split(/#(.*)/s, 2);
    const link = new URLSearchParams(fragment);
    const wantedPin = pin ?? link.get("tls") ?? undefined;
    const tlsFingerprint = wantedPin === undefined ? undefined : toFingerprint(wantedPin);
    if (tlsFingerprint === null) throw new UsageError(say.badPin(wantedPin ?? ""));
    const url = toSocketUrl(address, tlsFingerprint !== undefined);
    if (url === null) throw new UsageError(texts[language].badUrl(address));
    // An address is printed, and kept where a secret would not be looked for.
    const { username, password: inside } = new URL(url);
    if (username !== "" || inside !== "") throw new UsageError(say.secretInUrl);
    const added: NamedGateway = {
      url,
      ...(tlsFingerprint === undefined ? {} : { tlsFingerprint }),
      ...secretOf(token, password),
    };
    // A link is good once: what it opens is kept with this device's identity, and the link is not.
    if (link.has("pair")) {
      await withClient(
        { url: given, token, password, "tls-fingerprint": tlsFingerprint, profile },
        terminal,
        ["operator.read"],
        (client) => client.call("health", {}),
      );
    }
    const { used, gateways } = read(profile, terminal);
    write({ used, gateways: { ...gateways, [name]: added } }, profile, terminal);
    terminal.print(say.added(name, url));
    terminal.complain(say.askIt(name));
  },
});

export const gatewaysRemove = defineCommand({
  summary: { en: "Forget the name of a gateway", zh: "移除网关的名称" },
  examples: ["moltbot gateways remove office"],
  args: { ...nameArg, ...profileArg },
  async run({ name, profile }, terminal) {
    const { used, gateways } = read(profile, terminal);
    if (!isGatewayName(name)) throw new UsageError(gatewaysTexts[terminal.language].badName(name));
    gatewayNamed(name, { used, gateways }, terminal.language);
    const rest = Object.fromEntries(Object.entries(gateways).filter(([each]) => each !== name));
    write({ used: used === name ? null : used, gateways: rest }, profile, terminal);
    terminal.print(gatewaysTexts[terminal.language].removed(name));
  },
});

export const gatewaysUse = defineCommand({
  summary: { en: "Choose the gateway that commands ask unless told", zh: "选择命令默认访问的网关" },
  examples: ["moltbot gateways use office", "moltbot gateways use local"],
  args: { ...nameArg, ...profileArg },
  async run({ name, profile }, terminal) {
    const say = gatewaysTexts[terminal.language];
    const { gateways } = read(profile, terminal);
    const isOwn = gatewayNamed(name, { used: null, gateways }, terminal.language) === null;
    write({ used: isOwn ? null : name, gateways }, profile, terminal);
    terminal.print(isOwn ? say.nowOwn : say.nowUsed(name));
  },
});

function read(profile: string | undefined, { env, language }: Terminal) {
  return readGateways(locationsFor(env, profile).stateDir, language);
}

function write(
  gateways: Parameters<typeof writeGateways>[1],
  profile: string | undefined,
  { env }: Terminal,
): void {
  writeGateways(locationsFor(env, profile).stateDir, gateways);
}
