import type { Account, Channel, ConversationRef } from "#src/channels/channel.ts";
import type { Document } from "#src/channels/document.ts";
import type { TestHost } from "./test-host.ts";

/** How the platform treats the next thing that the account asks of it. */
export type Weather =
  /** Taken, and the answer is lost. */
  | "lost"
  /** The connection breaks before anything is taken. */
  | "cut"
  /** A page instead of an answer. */
  | "page"
  /** Too much; come back in seven seconds. */
  | "slow-down"
  /** The login is refused. */
  | "refused"
  /** Another program has taken over. */
  | "conflict";

/** A platform for the conformance suite: a fake of it, with an account that is logged in there. */
export interface Stand extends AsyncDisposable {
  channel: Channel;
  host: TestHost<unknown>;
  account: Account;
  /** A second account on the same platform after a restart: the same store, another process. */
  restarted(): { host: TestHost<unknown>; account: Account };
  /** Settings under which the platform knows nobody. */
  stranger(): { host: TestHost<unknown>; account: Account };
  direct: ConversationRef;
  group: ConversationRef;
  /** Targets as people write them, with what they mean; and such that mean nothing. */
  targets: { good: readonly (readonly [string, ConversationRef])[]; bad: readonly string[] };
  /** A person writes into the direct conversation; the platform's id of it. */
  write(text: string): string;
  /** What people see of what the account wrote in a conversation, oldest first. */
  shown(conversation: ConversationRef): string[];
  /** What a document looks like to people there. */
  visible(document: Document): string;
  /** For what the account does to send, or to hear. */
  weather(on: "send" | "listen", weather: Weather, times?: number): void;
  /** Pulls the cable and plugs it in. */
  pause(): void;
  resume(): void;
  /** How often the account asked for anything that it needs to be connected. */
  connects(): number;
  /** A login as a person goes through it: answers to questions by their name. */
  login: { flow: string; answers: Readonly<Record<string, string>>; act: (text: string) => void };
}
