import type { Account, Capabilities, ConversationRef, Host } from "../channel.ts";
import { openApi, type TelegramApi } from "./api.ts";
import { fetchAttachment } from "./attachments.ts";
import { draft, edit, react, remove, typing } from "./changing.ts";
import { errorTexts, worded } from "./error-texts.ts";
import { toChannelError } from "./errors.ts";
import { captionMax, measure, textMax } from "./format.ts";
import { offerCommands } from "./menu.ts";
import { poll } from "./polling.ts";
import { probe } from "./probe.ts";
import { allowedReactions } from "./reactions.ts";
import type { Reader, SentPoll } from "./receive.ts";
import { resolveTarget } from "./resolve.ts";
import { buttonValue, type Sender, send } from "./sending.ts";
import { aborted, Fate, introduce, type Session } from "./session.ts";
import type { TelegramSettings } from "./settings.ts";
import { openShelf } from "./shelf.ts";
import { readToken, tokenOf } from "./token.ts";
import { createWebhook, holdWebhook } from "./webhook.ts";

const kept = 2000;
const secretForm = /^[A-Za-z0-9_-]{8,256}$/;
const megabyte = 1024 * 1024;
const hour = 3_600_000;

/** One bot. Opening it connects to nothing. */
export function openAccount(host: Host<TelegramSettings>): Account {
  const buttons = openShelf(host.store, "button", kept);
  const polls = openShelf(host.store, "poll", kept);
  const pauses = new Map<string, number>();
  let opened: TelegramApi | null = null;
  let session: Session | null = null;
  let hasDrafts = true;
  const api = () => {
    opened ??= openApi(host, tokenOf(host.settings));
    return opened;
  };
  const sender = (): Sender => ({ api: api(), host, buttons, polls, pauses });
  const changer = () => ({ api: api(), host });

  async function run(signal: AbortSignal): Promise<void> {
    const fate = new Fate(host, signal);
    fate.say({ is: "connecting" });
    const missing = missingFor(host.settings);
    if (missing !== null) {
      fate.say(missing);
      return aborted(signal);
    }
    const me = await introduce(host, api(), fate, signal);
    if (me === null) return aborted(signal);
    const reader = (): Reader => ({
      me,
      now: host.clock.now(),
      button: (data) => buttonValue(buttons, data),
      poll: (id) => {
        const text = polls.get(id);
        return text === null ? null : (JSON.parse(text) as SentPoll);
      },
    });
    session = { host, api: api(), me, reader };
    try {
      await (host.settings.webhookUrl === undefined ? poll : holdWebhook)(session, fate, signal);
    } finally {
      session = null;
    }
  }

  const secret = host.settings.webhookSecret;
  const isCalled = host.settings.webhookUrl !== undefined && secret !== undefined;
  return {
    mode: host.settings.webhookUrl === undefined ? "polling" : "webhook",
    run,
    capabilities: (conversation) => capabilitiesOf(conversation, hasDrafts, host.settings),
    resolve: (target) => resolveTarget(host, api, target),
    measure,
    send: (part, context) => send(sender(), part, context),
    edit: (ref, document, signal) => edit(changer(), ref, document, signal),
    remove: (ref, signal) => remove(changer(), ref, signal),
    react: (ref, emoji, signal) => react(changer(), ref, emoji, signal),
    typing: (conversation, signal) => typing(changer(), conversation, signal),
    async draft(conversation, draftId, document) {
      try {
        await draft(changer(), conversation, draftId, document);
      } catch (cause) {
        const { kind } = toChannelError(cause);
        // Telegram has drafts for some bots only, and other servers have none.
        if (kind !== "rate" && kind !== "network") hasDrafts = false;
        throw cause;
      }
    },
    fetchAttachment: (ref, signal) => fetchAttachment(host, api(), ref, signal),
    offerCommands: (commands, language) => offerCommands(host, api(), commands, language),
    probe: (signal) => probe(host, api, signal),
    ...(isCalled ? { webhook: createWebhook(secret, () => session) } : {}),
  };
}

/** What the owner has to set before anything is tried; null where nothing is missing. */
function missingFor(settings: TelegramSettings) {
  const read = readToken(settings);
  if ("problem" in read) {
    const { problem } = read;
    return { is: "needs login", reason: problem(errorTexts.en), zh: problem(errorTexts.zh) } as const;
  }
  if (settings.webhookUrl === undefined) return null;
  const { webhookSecret } = settings;
  if (webhookSecret !== undefined && secretForm.test(webhookSecret)) return null;
  const what = webhookSecret === undefined ? "noSecret" : "wrongSecret";
  const words = worded((say) => ({ message: say[what], hint: say.setSecret }));
  return { is: "blocked", error: { kind: "invalid", ...words } } as const;
}

function capabilitiesOf(
  { kind }: ConversationRef,
  hasDrafts: boolean,
  { messagesPerSecond = 30 }: TelegramSettings,
): Capabilities {
  return {
    text: { max: textMax, unit: "utf16", formatting: "native" },
    media: {
      kinds: new Set(["image", "video", "audio", "voice", "document", "sticker", "animation"]),
      maxBytes: 50 * megabyte,
      perMessage: 10,
      captionMax,
    },
    reply: "native",
    thread: kind === "group" ? "native" : "no",
    threadKind: "topic",
    buttons: "native",
    edit: { level: "native", minIntervalMs: kind === "direct" ? 1000 : 3000 },
    // In a broadcast channel the bot is an admin, or it could not write.
    remove: kind === "channel" ? { level: "native" } : { level: "native", maxAgeMs: 48 * hour },
    reaction: { level: "native", allowed: allowedReactions, perMessage: 1 },
    poll: { level: "native", maxOptions: 12, questionMax: 300, optionMax: 100 },
    stream: kind === "direct" && hasDrafts ? "draft" : "edit",
    typing: kind === "channel" ? { level: "no", refreshMs: 0 } : { level: "native", refreshMs: 4000 },
    idempotentSend: "no",
    ...(messagesPerSecond === 0 ? {} : { rates: ratesOf(kind, messagesPerSecond) }),
  };
}

/** One a second in a chat, of which a few may come at once; in groups and channels fewer. */
function ratesOf(kind: ConversationRef["kind"], perSecond: number): NonNullable<Capabilities["rates"]> {
  return {
    account: [{ calls: perSecond, perMs: 1_000 }],
    conversation: [{ calls: 3, perMs: 3_000 }, ...(kind === "direct" ? [] : [{ calls: 20, perMs: 60_000 }])],
  };
}
