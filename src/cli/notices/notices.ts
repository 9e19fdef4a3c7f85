import { join } from "node:path";
import type { Notices } from "./collect.ts";

/**
 * The notices of everything inside. From source they are gathered from the checkout; the build puts what it
 * gathered in this module's place.
 */
export async function readNotices(): Promise<Notices> {
  const { collectNotices } = await import("./collect.ts");
  return collectNotices(join(import.meta.dir, "../../.."), { version: Bun.version });
}
