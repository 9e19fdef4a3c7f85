import { type AskFlags, askArgs, findGateway, jsonArg, withClient } from "../ask.ts";
import { hasScreen, isSsh, openInBrowser, tunnelCommand } from "../browser.ts";
import { defineCommand } from "../command.ts";
import type { Terminal } from "../terminal.ts";
import { texts } from "../texts.ts";

export const open = defineCommand({
  summary: { en: "Open the chat page in the browser", zh: "在浏览器中打开聊天页面" },
  examples: ["moltbot open", "moltbot open --no-browser", "moltbot open --profile work"],
  args: {
    browser: {
      type: "boolean",
      default: true,
      summary: { en: "print the link instead of opening it", zh: "只输出链接，不打开浏览器" },
    },
    ...jsonArg,
    ...askArgs,
  },
  async run({ browser, json, ...flags }, terminal) {
    const say = texts[terminal.language];
    const link = await linkTo(flags, terminal);
    if (json) {
      terminal.print(JSON.stringify(link, null, 2));
      return;
    }
    const { env } = terminal;
    if (browser && hasScreen(env, process.platform) && openInBrowser(link.url, env)) {
      terminal.print(link.once ? say.openedOnce : say.opening);
      return;
    }
    if (isSsh(env) && link.once) {
      terminal.complain(`${say.tunnelFirst} ${tunnelCommand(Number(new URL(link.url).port), env)}`);
    }
    // The link alone goes to standard output, for whoever hands it on.
    terminal.complain(link.once ? say.openOnce : say.openWithSecret);
    terminal.print(link.url);
  },
});

interface Link {
  url: string;
  /** Whether it opens the page without a secret, once. */
  once: boolean;
  expiresAt?: number;
}

/** A link of this machine's own gateway lets its user in; the page of any other one asks who comes. */
async function linkTo(flags: AskFlags, terminal: Terminal): Promise<Link> {
  const { url, own } = await findGateway(flags, terminal);
  if (!own) return { url: url.replace(/^ws/, "http"), once: false };
  const link = await withClient(flags, terminal, ["operator.admin"], (client) =>
    client.call("page.link", {}),
  );
  return { ...link, once: true };
}
