import { networkInterfaces } from "node:os";
import { messageOf } from "#src/lib/errors.ts";
import { jsonArg } from "../ask.ts";
import { defineCommand } from "../command.ts";
import { CliError, exits } from "../exit.ts";
import { gatewaysTexts } from "../gateways-texts.ts";
import { pairs, plain } from "../layout.ts";

const lookForMs = 1_500;

export const gatewaysDiscover = defineCommand({
  summary: { en: "Look for gateways in the local network", zh: "在本地网络中查找网关" },
  examples: ["moltbot gateways discover", "moltbot gateways discover --json"],
  args: jsonArg,
  async run({ json }, terminal) {
    const { browse } = await import("#src/discovery/browse.ts");
    const { placesOf } = await import("#src/discovery/links.ts");
    const say = gatewaysTexts[terminal.language];
    let found: Awaited<ReturnType<typeof browse>>;
    try {
      found = await browse(placesOf(networkInterfaces()), lookForMs);
    } catch (cause) {
      throw new CliError(exits.failure, say.cannotLook(messageOf(cause)));
    }
    const shown = found.map(({ name, address, port, tls }) => ({
      name,
      url: `${tls ? "wss" : "ws"}://${address}:${port}`,
    }));
    if (json) {
      terminal.print(JSON.stringify(shown, null, 2));
      return;
    }
    if (shown.length === 0) {
      terminal.print(say.noneFound);
      terminal.complain(say.howFound);
      return;
    }
    terminal.print(
      pairs(
        shown.map(({ name, url }) => [plain(name), url]),
        terminal.columns,
      ).join("\n"),
    );
    terminal.complain(say.addFound);
  },
});
