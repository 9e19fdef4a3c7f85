import type { Channel } from "./channel.ts";

/** A channel in the list: its module is loaded when the first account is opened. */
export interface ListedChannel {
  id: string;
  label: string;
  load: () => Promise<Channel>;
  /** Settings that log an account in; the first is what `--token` stands for. None where people log in by steps only. */
  credentials?: readonly string[];
  /** Environment variables that stand for settings of the default account where the config does not have them. */
  variables?: Readonly<Record<string, string>>;
}

/**
 * The gateway's own chat: what comes in over its socket. It has no account and no adapter, since the platform is the
 * gateway itself.
 */
export const ownChannel = { id: "webchat", label: "WebChat" } as const;

/** Every channel of a platform. */
export const channels: readonly ListedChannel[] = [
  {
    id: "telegram",
    label: "Telegram",
    load: async () => (await import("./telegram/index.ts")).telegram,
    credentials: ["botToken", "tokenFile"],
    variables: { botToken: "TELEGRAM_BOT_TOKEN" },
  },
];
