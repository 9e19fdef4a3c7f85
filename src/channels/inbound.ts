import type { ConversationRef, MediaKind } from "./channel.ts";

/** A message on its platform. */
export interface MessageRef {
  conversation: ConversationRef;
  /** The platform's id of the message, unique in its conversation. */
  id: string;
}

/** Somebody on a platform, under all ids by which they are the same person. */
export interface Person {
  /** Exact and immutable; what allowlists compare. */
  id: string;
  /** Further ids of the same person (a phone number beside an internal id). Never a name that can be changed. */
  otherIds?: readonly string[];
  name?: string;
  /** A handle that its owner can change: shown, never trusted. */
  username?: string;
  /** The language of their app, as a language tag. */
  language?: string;
  isBot: boolean;
}

/** A file that came with a message; `ref` is plain data by which it can be fetched, also after a restart. */
export interface Attachment {
  kind: MediaKind;
  ref: string;
  mimeType?: string;
  fileName?: string;
  bytes?: number;
}

interface Event {
  conversation: ConversationRef & {
    title?: string;
    /** The server or workspace that the conversation is part of. */
    space?: string;
    /** A forum's topic is a conversation of its own kind; any other thread hangs on the conversation's key. */
    threadKind?: "topic" | "thread";
  };
  sender: Person;
  /** When the platform took it, in ms since 1970. */
  at: number;
}

export interface InboundMessage extends Event {
  type: "message";
  /** The platform's id, unique in its conversation. */
  id: string;
  /** Plain text, as the person wrote it; formatting is marked as in Markdown only where the platform says so. */
  text: string;
  attachments: readonly Attachment[];
  replyTo?: { id: string; text?: string; sender?: string; isOurs: boolean };
  mentionsUs: "explicit" | "reply" | "no";
  /** Messages with the same album are one. */
  album?: string;
  forwardedFrom?: string;
  location?: { latitude: number; longitude: number; name?: string };
  /** It is a bot command or a button that stands for one: `/new`. */
  command?: { name: string; args: string };
}

/** What came in, in the platform's order. */
export type InboundEvent =
  | InboundMessage
  | (Event & { type: "edit"; id: string; text: string })
  | (Event & { type: "delete"; id: string })
  | (Event & { type: "reaction"; id: string; emoji: string; added: boolean })
  | (Event & { type: "vote"; id: string; options: readonly string[] })
  /** A button that we sent was pressed. */
  | (Event & { type: "action"; id: string; messageId: string; value: string })
  | (Event & { type: "membership"; id: string; who: "us" | "other"; became: "member" | "gone" | "admin" })
  /** The conversation goes on under another id. */
  | (Event & { type: "moved"; id: string; to: ConversationRef });
