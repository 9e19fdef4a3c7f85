import type { Host } from "../channel.ts";
import { deadline, type TelegramApi } from "./api.ts";

const answerMs = 30_000;
const commandsMax = 100;
const descriptionMax = 256;
const keptKey = "menu";

/** Offers commands in Telegram's menu; asks only when they differ from what was offered last. */
export async function offerCommands(
  host: Host,
  api: TelegramApi,
  commands: readonly { name: string; description: string }[],
): Promise<void> {
  const known = commands
    .map(({ name, description }) => ({
      command: name.replace(/^\//, "").toLowerCase(),
      description: description.trim().slice(0, descriptionMax).toWellFormed(),
    }))
    .filter(({ command, description }) => /^[a-z0-9_]{1,32}$/.test(command) && description !== "")
    .slice(0, commandsMax);
  const hash = Bun.hash(JSON.stringify(known)).toString(36);
  if (host.store.get(keptKey) === hash) return;
  using limit = deadline(host, answerMs, new AbortController().signal);
  await api.call.setMyCommands(known, {}, limit.signal);
  await host.store.set(keptKey, hash);
}
