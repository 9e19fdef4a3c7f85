import type { Account } from "#src/channels/channel.ts";
import type { Log } from "#src/lib/log.ts";
import type { Transactor } from "#src/store/transactor.ts";
import type { TurnEnd, TurnHooks } from "./hooks.ts";
import { fetchImages } from "./images.ts";
import type { TurnRow } from "./turns.ts";

/** A turn as those who answer on its channel know it. */
export interface ChannelTurn {
  channel: string;
  account: string;
  conversation: string;
  /** The message that the answer belongs to. */
  messageId: string;
  runId: string;
  sessionKey: string;
}

/** Where the answers of channel turns go. */
export interface Replies {
  /** The run begins: typing, a reaction, a preview. */
  begin(turn: ChannelTurn): void;
  /** Inside the transaction that ends the turn: what is to be sent is written down. A command's answer had no `begin`. */
  conclude(turn: ChannelTurn, reply: { text: string; media?: string[] }): void;
  /** It ended, and nothing is to be sent. */
  dropped(turn: ChannelTurn): void;
}

export interface ChannelTurnsOptions {
  replies: Replies;
  transactor: Pick<Transactor, "afterCommit">;
  account: (channel: string, account: string) => Pick<Account, "fetchAttachment"> | null;
  /** Empties what was kept of the messages of a turn; called inside the transaction that ends it. */
  forget: (ids: readonly number[]) => void;
  /** Whether something may be said for a session; the owner's commands are answered in any case. */
  mayReply: (row: TurnRow) => boolean;
  maxBytes: (channel: string, account: string) => number;
  /** Called when any turn has ended. */
  ended: (key: string) => void;
  log: Log;
}

/** What an agent says when it has nothing to say. */
const silence = /^\s*NO_REPLY\s*$/;

const sorry = {
  en: "I cannot answer right now. Please try again later.",
  zh: "我现在无法回答，请稍后再试。",
};

/** Ties turns that came from channels to the answers there. */
export function createChannelTurns(options: ChannelTurnsOptions): TurnHooks {
  const { replies, transactor, log } = options;
  const mayReply = (row: TurnRow) => row.options.origin?.command != null || options.mayReply(row);
  return {
    begun(row) {
      const turn = turnOf(row);
      if (turn !== null && mayReply(row)) replies.begin(turn);
    },
    async complete(row, signal) {
      const { content, origin } = row.options;
      const fetched = content.some((part) => part.type === "image");
      if (origin === undefined || origin.attachments.length === 0 || fetched) return null;
      const parts = await fetchImages(origin.attachments, {
        account: options.account(row.channel, row.account),
        maxBytes: options.maxBytes(row.channel, row.account),
        signal,
        log,
      });
      return parts.length === 0 ? null : [...content, ...parts];
    },
    ending(row, end) {
      const turn = turnOf(row);
      if (turn === null) return;
      options.forget(row.options.origin?.parts ?? []);
      const text = mayReply(row) ? answerOf(row, end) : null;
      if (text === null) transactor.afterCommit(() => replies.dropped(turn));
      else replies.conclude(turn, { text });
    },
    ended: ({ key }) => options.ended(key),
  };
}

/** What the person is told; null where nothing is to be sent. Only the owner learns what went wrong. */
function answerOf({ options: { owner, language } }: TurnRow, end: TurnEnd): string | null {
  if (end.status === "aborted") return null;
  const text = end.text.trim();
  if (end.error === undefined) return text === "" || silence.test(text) ? null : text;
  const why = owner ? end.error : sorry[language];
  return text === "" ? why : `${text}\n\n${why}`;
}

function turnOf({ channel, account, conversation, runId, key, options }: TurnRow): ChannelTurn | null {
  const { origin } = options;
  if (origin === undefined) return null;
  return { channel, account, conversation, messageId: origin.messageId, runId, sessionKey: key };
}
