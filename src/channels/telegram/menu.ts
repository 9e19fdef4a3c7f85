import type { Host } from "../channel.ts";
import { deadline, type TelegramApi } from "./api.ts";
import type { TelegramSettings } from "./settings.ts";
import { botIdOf, tokenOf } from "./token.ts";

const answerMs = 30_000;
const commandsMax = 100;
const descriptionMax = 256;

/** Offers commands in a bot's menu; asks only when they differ from what was offered there last. */
export async function offerCommands(
  host: Host<TelegramSettings>,
  api: TelegramApi,
  commands: readonly { name: string; description: string }[],
  language: "en" | "zh",
): Promise<void> {
  const known = commands
    .map(({ name, description }) => ({
      command: name.replace(/^\//, "").toLowerCase(),
      description: description.trim().slice(0, descriptionMax).toWellFormed(),
    }))
    .filter(({ command, description }) => /^[a-z0-9_]{1,32}$/.test(command) && description !== "")
    .slice(0, commandsMax);
  const keptKey = `menu ${language}`;
  const hash = Bun.hash(JSON.stringify([botIdOf(tokenOf(host.settings)), known])).toString(36);
  if (host.store.get(keptKey) === hash) return;
  using limit = deadline(host, answerMs, new AbortController().signal);
  const whose = language === "en" ? {} : { language_code: language };
  await api.call.setMyCommands(known, whose, limit.signal);
  await host.store.set(keptKey, hash);
}
