import { createSessionStore } from "#src/sessions/store.ts";
import { closeDatabase, openDatabase } from "#src/store/database.ts";

/** The session that has the long transcript. */
export const busySession = "agent:main:main";
/** The one that further messages go to, so that the other stays as it is. */
export const otherSession = "agent:main:other";

const messages = 100_000;
const text = "All work and no play makes a dull benchmark. ".repeat(5).slice(0, 200);

/** Fills a state directory with a session of 100,000 messages of 200 bytes and a short one, as the gateway would have. */
export function fillHistory(stateDir: string): void {
  const db = openDatabase(stateDir);
  const sessions = createSessionStore(db, Date.now, {
    defaultAgentId: "main",
    mainKey: "main",
    scope: "per-sender",
  });
  db.transaction(() => {
    for (let index = 0; index < messages; index += 1) {
      sessions.append(busySession, messageOf(index));
    }
    sessions.append(otherSession, messageOf(0));
  })();
  closeDatabase(db);
}

function messageOf(index: number) {
  return {
    id: `m${index}`,
    role: index % 2 === 0 ? ("user" as const) : ("assistant" as const),
    content: [{ type: "text" as const, text }],
    timestamp: 1_700_000_000_000 + index,
  };
}
