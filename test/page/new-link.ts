import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { House } from "../wire/start-house.ts";

/** A link that opens the page with all that the gateway's user may do, as `moltbot open` makes it. */
export async function newLink(house: House): Promise<string> {
  const token = readFileSync(join(house.stateDir, "local.key"), "utf8").trim();
  await using client = await house.connect({ auth: { token } });
  return (await client.call("page.link", {})).url;
}
