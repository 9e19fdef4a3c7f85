import type { Payload } from "#protocol";
import type { SessionRow } from "#protocol/domains/sessions.ts";
import type { EventBus } from "#src/lib/bus.ts";
import { messagesOf, type Topic } from "#src/lib/topics.ts";
import type { SessionDeed, SessionStore, StoredMessage } from "./store.ts";

export interface SessionNewsOptions {
  bus: EventBus;
  sessions: () => SessionStore;
  now: () => number;
  /** Whether anybody asked to hear of it. */
  isHeard: (topic: Topic) => boolean;
}

/** Characters of images that one event may carry; every subscriber has to take them. */
const maxImageChars = 256 * 1024;

/** Tells subscribers what was done to a session. Called after the commit. */
export function createSessionNews({ bus, sessions, now, isHeard }: SessionNewsOptions) {
  return function tell(deed: SessionDeed): void {
    const { key, reason } = deed;
    const toAll = isHeard("sessions");
    const toSome = reason === "message" && isHeard(messagesOf(key));
    if (!toAll && !toSome) return;
    const session = sessions().row(key, { titles: true, previews: true });
    if (toSome && session !== null) {
      const { message, seq } = deed;
      bus.emit("session.message", {
        sessionKey: key,
        messageId: message.id,
        messageSeq: seq,
        ...travelling(message, seq),
        session,
        ...flat(session),
      });
    }
    if (!toAll) return;
    bus.emit("sessions.changed", {
      sessionKey: key,
      reason,
      ts: now(),
      session,
      ...flat(session),
      ...(reason === "message"
        ? { phase: "message" as const, messageId: deed.message.id, messageSeq: deed.seq }
        : {}),
    });
  };
}

/** The row as the original's clients also look for it: beside `session`. */
function flat(session: SessionRow | null): Partial<Omit<SessionRow, "key">> {
  const { key: _, ...row }: Partial<SessionRow> = session ?? {};
  return row;
}

type Travelling = Pick<Payload<"session.message">, "message" | "imagesLeftOut">;

function travelling(stored: StoredMessage, seq: number): Travelling {
  const message = { ...stored, __openclaw: { id: stored.id, seq } };
  let chars = 0;
  for (const part of message.content) if (part.type === "image") chars += part.data.length;
  if (chars <= maxImageChars) return { message };
  const content = message.content.filter(({ type }) => type !== "image");
  return { message: { ...message, content }, imagesLeftOut: true };
}
