import { scopes as everyScope, isScope, type Scope } from "#protocol/access.ts";
import { askArgs, jsonArg, withClient } from "../ask.ts";
import { defineCommand } from "../command.ts";
import { deviceTexts } from "../device-texts.ts";
import { UsageError } from "../exit.ts";
import { rightsOf } from "../find-device.ts";
import type { Language } from "../language.ts";
import { widest } from "../layout.ts";
import type { Terminal } from "../terminal.ts";
import { texts } from "../texts.ts";

export const pair = defineCommand({
  summary: { en: "Print a link and a QR code that pair one device", zh: "输出配对一个设备的链接和二维码" },
  examples: ["moltbot pair", "moltbot pair --admin", "moltbot pair --role node", "moltbot pair --json"],
  args: {
    role: {
      type: "enum",
      options: ["operator", "node"],
      summary: { en: "what it will be (operator)", zh: "设备的角色（operator）" },
    },
    scopes: {
      type: "string",
      hint: "LIST",
      summary: { en: "what it may do (read,write)", zh: "设备的权限（read,write）" },
    },
    admin: {
      type: "boolean",
      summary: { en: "it may do everything", zh: "允许执行所有操作" },
    },
    ...jsonArg,
    ...askArgs,
  },
  async run({ role = "operator", scopes, admin, json, ...flags }, terminal) {
    const say = deviceTexts[terminal.language];
    const wanted = role === "node" ? undefined : scopesOf(scopes, admin, terminal.language);
    if (role === "node" && (admin || scopes !== undefined)) throw new UsageError(say.noScopesForNode);
    const invitation = await withClient(flags, terminal, ["operator.admin", "operator.pairing"], (client) =>
      client.call("device.pair.invite", { role, ...(wanted === undefined ? {} : { scopes: wanted }) }),
    );
    if (json) {
      terminal.print(JSON.stringify(invitation, null, 2));
      return;
    }
    const link = new URL(invitation.url);
    if (["127.0.0.1", "[::1]", "localhost"].includes(link.hostname)) terminal.complain(say.pairHereOnly);
    else if (link.protocol === "http:" && role === "operator") terminal.complain(say.pairPlain);
    // The link alone goes to standard output, for whoever hands it on.
    terminal.complain(say.pairOnce(rightsOf(invitation, say)));
    terminal.print(invitation.url);
    if (terminal.tty.stdout) await drawBelow(invitation.url, terminal);
  },
});

async function drawBelow(url: string, terminal: Terminal): Promise<void> {
  const say = deviceTexts[terminal.language];
  const { qrLines } = await import("../qr.ts");
  const lines = qrLines(url, terminal.color);
  const columns = widest(lines);
  if (terminal.columns !== null && terminal.columns < columns) {
    terminal.complain(say.pairNarrow(columns));
    return;
  }
  terminal.complain(say.pairScan);
  for (const line of lines) terminal.print(line);
}

function scopesOf(list: string | undefined, admin: boolean, language: Language): Scope[] {
  if (admin && list !== undefined) throw new UsageError(deviceTexts[language].adminOrScopes);
  if (admin) return [...everyScope];
  return (list ?? "read,write").split(",").map((word) => {
    const short = word.trim();
    const scope = short.startsWith("operator.") ? short : `operator.${short}`;
    if (isScope(scope)) return scope;
    const known = everyScope.map((each) => each.replace("operator.", "")).join(", ");
    throw new UsageError(texts[language].oneOf("--scopes", short, known));
  });
}
