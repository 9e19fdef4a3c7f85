import type { Log } from "#src/lib/log.ts";
import type { Document } from "./document.ts";
import type { InboundEvent, MessageRef } from "./inbound.ts";
import type { LoginFlow, LoginResult, LoginStep } from "./login.ts";

/** How well a platform does something: not at all, with something lost, or as its own users see it. */
export type Level = "no" | "lossy" | "native";

export type MediaKind = "image" | "video" | "audio" | "voice" | "document" | "sticker" | "animation";

/** One conversation: a chat with one person, a group, or a broadcast channel; `thread` is a topic in it. */
export interface ConversationRef {
  kind: "direct" | "group" | "channel";
  /** The platform's own id, opaque outside the channel's folder. */
  id: string;
  thread?: string;
}

/** At most so many messages in any span of this length. */
export interface Rate {
  calls: number;
  perMs: number;
}

/** What can be done in one conversation. Asked per conversation, in numbers: a direct chat and a topic differ. */
export interface Capabilities {
  text: { max: number; unit: "utf16" | "bytes" | "codepoints"; formatting: Level };
  media: { kinds: ReadonlySet<MediaKind>; maxBytes: number; perMessage: number; captionMax: number };
  reply: Level;
  thread: Level;
  /** What a thread is here: a forum's topic is a conversation of its own, any other hangs on its conversation. */
  threadKind?: "topic" | "thread";
  buttons: Level;
  edit: { level: Level; maxAgeMs?: number; minIntervalMs: number };
  remove: { level: Level; maxAgeMs?: number };
  reaction: { level: Level; allowed?: ReadonlySet<string>; perMessage: number };
  /** The lengths are in characters. */
  poll: { level: Level; maxOptions: number; questionMax: number; optionMax: number };
  /** How a reply that is being written can be shown. */
  stream: "none" | "edit" | "draft";
  /** An indicator is shown for a while and has to be refreshed. */
  typing: { level: Level; refreshMs: number };
  /** Whether a second send under the same key can become a second message that people see. */
  idempotentSend: "by-key" | "by-lookup" | "no";
  /** What the platform takes before it says "too many", in the conversation and of the whole account; edits count. */
  rates?: { conversation: readonly Rate[]; account: readonly Rate[] };
}

export type ChannelErrorKind =
  | "auth"
  | "conflict"
  | "banned"
  | "outdated"
  | "rate"
  | "network"
  | "protocol"
  | "invalid"
  | "too-large"
  | "unsupported"
  | "gone"
  /** The platform cannot reach us; we can reach it. */
  | "inbound";

/** Why the platform did not do something, and what would help. */
export interface ChannelError {
  kind: ChannelErrorKind;
  message: string;
  /** What the owner can do about it, in a sentence. */
  hint?: string;
  /** The same in Chinese, where the channel has words for it. */
  zh?: { message: string; hint?: string };
  retryAfterMs?: number;
  /** The platform's own code. */
  code?: string;
}

/** What an account's connection is like. Never an exception: the account says so and goes on. */
export type AccountState =
  | { is: "connecting" }
  /** `as` is the name under which people see the account. */
  | { is: "connected"; as?: string }
  | { is: "waiting"; until: number; attempt: number; error: ChannelError }
  | { is: "needs login"; reason: string; zh?: string }
  /** The owner must act; nothing is tried again by itself. */
  | { is: "blocked"; error: ChannelError };

/** What became of a send. `unknown` may have been delivered, and is never blindly sent again. */
export type SendOutcome =
  | { is: "sent"; ref: MessageRef }
  /** Provably not delivered: `retry` says whether the same thing may be sent again. */
  | { is: "rejected"; error: ChannelError; retry: boolean }
  | { is: "unknown"; error: ChannelError };

/** A file to send: bytes on this machine, already judged and fetched by the gateway. */
export interface OutboundMedia {
  kind: MediaKind;
  path: string;
  mimeType: string;
  fileName: string;
  bytes: number;
}

/** A button under a message; pressed, it comes back as an `action` with its value. */
export interface Button {
  label: string;
  value: string;
}

/** One message that the platform can take as it is. */
export type OutboundPart =
  | { is: "text"; document: Document; buttons?: readonly (readonly Button[])[]; silent?: boolean }
  | { is: "media"; media: readonly OutboundMedia[]; caption?: Document; silent?: boolean }
  | {
      is: "poll";
      question: string;
      options: readonly string[];
      multiple: boolean;
      /** How long people can vote; as long as the platform lets them where absent. */
      durationMs?: number;
      silent?: boolean;
    };

/** Where and as what a part goes. */
export interface SendContext {
  to: ConversationRef;
  replyTo?: string;
  /** The outbox row's id: stable over repeats, at most 25 characters of [a-z0-9]. */
  key: string;
  signal: AbortSignal;
}

/** Keyed data of one account, in the gateway's database. Credentials belong here and nowhere else. */
export interface AccountStore {
  get(key: string): string | null;
  set(key: string, value: string): Promise<void>;
  delete(key: string): Promise<void>;
}

/** Time, so that tests own it. */
export interface ChannelClock {
  now(): number;
  /** Resolves after a while, or at once when the signal aborts; never rejects. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

/** A program that runs beside the gateway. */
export interface ManagedChild {
  readonly pid: number;
  write(text: string): void;
  readonly lines: AsyncIterable<string>;
  readonly exited: Promise<number>;
  kill(): void;
}

/** A socket that pings, and that is ended when no answer comes. */
export interface ManagedSocket {
  send(data: string | Uint8Array): void;
  close(code?: number, reason?: string): void;
  readonly messages: AsyncIterable<string | Uint8Array>;
  readonly closed: Promise<{ code: number; reason: string }>;
}

/** All of the gateway that an account may touch. */
export interface Host<Settings = unknown> {
  readonly channel: string;
  readonly account: string;
  readonly settings: Settings;
  /** Through the account's proxy, with a deadline, by Bun's own `proxy` option. */
  readonly fetch: typeof fetch;
  openSocket(
    url: string,
    options?: { headers?: Record<string, string>; pingMs?: number },
  ): Promise<ManagedSocket>;
  spawn(command: readonly string[], options?: { env?: Record<string, string> }): ManagedChild;
  readonly store: AccountStore;
  readonly clock: ChannelClock;
  readonly log: Log;
  /**
   * Keeps what came in, and with it how far the platform's stream has been read, in one transaction. Resolves after
   * the commit; only then may the platform be told that it arrived. What is known already changes nothing.
   */
  receive(events: readonly InboundEvent[], cursor?: { key: string; value: string }): Promise<void>;
  state(state: AccountState): void;
  /** The platform has proven to work at this moment: the poll came back, the socket's ping was answered. */
  alive(): void;
}

/** What a look at an account finds, for `channels status --probe` and `doctor`. */
export interface ProbeReport {
  ok: boolean;
  /** Whom the platform takes us for. */
  as?: { id: string; name: string };
  /** What is wrong or will go wrong, each in a sentence with what to do. */
  findings: string[];
  /** The findings in Chinese, where the channel has words for them. */
  zh?: string[];
  elapsedMs: number;
}

/** One login on a platform. A member that is left out is a thing that the platform cannot do. */
export interface Account {
  /** How messages come in, where the platform has several ways. */
  readonly mode?: "polling" | "webhook";
  /**
   * Connects and stays connected until the signal aborts; then resolves when nothing is under way any more. Trouble is
   * reported as a state, and tried again by the account's own loop. A rejection is a bug, and contained.
   */
  run(signal: AbortSignal): Promise<void>;
  capabilities(conversation: ConversationRef): Capabilities;
  /** A target as people write it, without the channel's name, made exact. Throws a `GatewayError` that says what is right. */
  resolve(target: string): Promise<ConversationRef>;
  /** How long a document is on this platform, in the unit of `capabilities.text`. Pure. */
  measure(document: Document): number;
  send(part: OutboundPart, context: SendContext): Promise<SendOutcome>;
  /** After an unknown outcome: whether the message under this key is there. Null when it provably is not. */
  lookup?(context: SendContext): Promise<MessageRef | null>;
  edit?(ref: MessageRef, document: Document, signal: AbortSignal): Promise<SendOutcome>;
  remove?(ref: MessageRef, signal: AbortSignal): Promise<SendOutcome>;
  /** An empty emoji takes our reaction back. */
  react?(ref: MessageRef, emoji: string, signal: AbortSignal): Promise<SendOutcome>;
  typing?(conversation: ConversationRef, signal: AbortSignal): Promise<void>;
  markRead?(ref: MessageRef): Promise<void>;
  /** Text that is being written, shown as a draft; ended by sending the message. */
  draft?(conversation: ConversationRef, draftId: number, document: Document): Promise<void>;
  /** A file that came in, by the reference in its event; the caller bounds what it reads. */
  fetchAttachment?(ref: string, signal: AbortSignal): Promise<ReadableStream<Uint8Array>>;
  /** The owner's commands, offered in the platform's own menu, for people of a language; English is for everybody. */
  offerCommands?(
    commands: readonly { name: string; description: string }[],
    language: "en" | "zh",
  ): Promise<void>;
  /** A webhook's request; null when the account takes none. */
  webhook?(request: Request): Promise<Response>;
  probe(signal: AbortSignal): Promise<ProbeReport>;
}

/** A platform: one folder, and one line in `index.ts`. */
export interface Channel<Settings = unknown> {
  readonly id: string;
  readonly label: string;
  /** Opens one account. Importing the module does nothing; opening connects to nothing yet. */
  open(host: Host<Settings>): Account;
  /** What makes two accounts the same one, such as the hash of a token: two of the same are refused. */
  identity?(settings: Settings): string;
  /** Ways to get an account going, the usual one first. */
  readonly logins: readonly LoginFlow[];
  login(
    flow: string,
    host: Host<Settings>,
    signal: AbortSignal,
    /** In which the steps are worded, where the channel knows it; English where absent. */
    language?: "en" | "zh",
  ): AsyncGenerator<LoginStep, LoginResult, string>;
  /** Ends the account at the platform as far as that is possible; its stored data is deleted by the gateway. */
  logout?(host: Host<Settings>): Promise<void>;
}
