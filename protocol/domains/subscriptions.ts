import { type Static, Type } from "@sinclair/typebox";
import { defineEvents, defineMethods } from "../define.ts";
import {
  Count,
  model,
  NonEmptyString,
  namedWords,
  nullable,
  SessionKey,
  strict,
  Timestamp,
  words,
} from "../primitives.ts";
import { AgentToolEvent } from "./agents.ts";
import { ChatMessage } from "./chat.ts";
import { flatRow, SessionRow, SessionsListResult, sessionFilters } from "./sessions.ts";

const oneSession = {
  access: "operator.read",
  since: 4,
  params: strict({ key: SessionKey, agentId: Type.Optional(Type.String()) }),
  result: strict({ subscribed: Type.Boolean(), key: SessionKey }),
  repeat: "again",
  tolerant: true,
} as const;

export const methods = defineMethods({
  "sessions.subscribe": {
    summary:
      "Hear sessions.changed on this connection until it ends; with filters, also the list as it is now.",
    access: "operator.read",
    since: 4,
    params: strict(sessionFilters),
    result: strict({ subscribed: Type.Boolean(), list: Type.Optional(SessionsListResult) }),
    repeat: "again",
    tolerant: true,
  },
  "sessions.unsubscribe": {
    summary: "Hear sessions.changed no longer.",
    access: "operator.read",
    since: 4,
    params: strict({}),
    result: strict({ subscribed: Type.Boolean() }),
    repeat: "again",
  },
  "sessions.messages.subscribe": {
    summary:
      "Hear session.message and session.tool of one session on this connection until it ends; 256 sessions at most.",
    ...oneSession,
  },
  "sessions.messages.unsubscribe": {
    summary: "Hear session.message and session.tool of one session no longer.",
    ...oneSession,
  },
});

/** What became of a session. */
export type SessionChange = Static<typeof SessionChange>;
export const SessionChange = namedWords(
  "SessionChange",
  "create",
  "patch",
  "reset",
  "delete",
  "compact",
  "message",
);

export const events = defineEvents({
  "sessions.changed": {
    summary: "A session was created, changed, reset or removed, or has a new message.",
    audience: "operator.read",
    subscribed: "sessions",
    whenSlow: "disconnect",
    since: 4,
    payload: model("SessionsChangedEvent", {
      sessionKey: SessionKey,
      reason: SessionChange,
      /** Only with a new message, for clients that tell it by this. */
      phase: Type.Optional(words("message")),
      ts: Timestamp,
      /** As it is now; null for one that is gone. */
      session: nullable(SessionRow),
      messageId: Type.Optional(NonEmptyString),
      messageSeq: Type.Optional(Count),
      ...flatRow,
    }),
  },
  "session.message": {
    summary: "A message is in the transcript of a session, the caller's own included.",
    audience: "operator.read",
    subscribed: "messages",
    whenSlow: "disconnect",
    since: 4,
    payload: model("SessionMessageEvent", {
      sessionKey: SessionKey,
      message: model("SessionMessage", {
        ...ChatMessage.properties,
        /** The message's id and place once more, where clients of the original look for them. */
        __openclaw: strict({ id: NonEmptyString, seq: Count }),
      }),
      messageId: NonEmptyString,
      /** The place of the message in the transcript, from 1. */
      messageSeq: Count,
      /** The message's images are left out: they are too large for an event; chat.history has them. */
      imagesLeftOut: Type.Optional(Type.Boolean()),
      session: SessionRow,
      ...flatRow,
    }),
  },
  "session.tool": {
    summary: "A tool is at work in a session: what the agent event says, under the session's own key.",
    audience: "operator.read",
    subscribed: "messages",
    whenSlow: "drop-deltas",
    since: 4,
    payload: AgentToolEvent,
  },
});
