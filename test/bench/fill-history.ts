import { createSessionStore, type SessionStore } from "#src/sessions/store.ts";
import { closeDatabase, openDatabase } from "#src/store/database.ts";

/** The session that has the long transcript. */
export const busySession = "agent:main:main";
/** The one that further messages go to, so that the other stays as it is. */
export const otherSession = "agent:main:other";

/** The one that the page is opened at. */
export const chatSession = "agent:main:chat";
export const chatPath = `/chat/${encodeURIComponent(chatSession)}`;

const messages = 100_000;
const text = "All work and no play makes a dull benchmark. ".repeat(5).slice(0, 200);

/** Fills a state directory with a session of 100,000 messages of 200 bytes, a short one and a chat, as the gateway would have. */
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
    fillChat(sessions, chatSession, 2_000);
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

/** Fills a session with messages of the kinds that chats are made of, in turn asked and answered. */
export function fillChat(sessions: SessionStore, key: string, count: number): void {
  for (let index = 0; index < count; index += 1) {
    const text =
      index % 2 === 0
        ? `Question ${index}: how do I read a file?`
        : `Answer ${index}: use **Bun.file**.\n\n\`\`\`ts\nconst text = await Bun.file("a.txt").text();\n\`\`\`\n\n- lazy\n- streamed`;
    sessions.append(key, {
      id: `m${index}`,
      role: index % 2 === 0 ? "user" : "assistant",
      content: [{ type: "text", text }],
      timestamp: 1_700_000_000_000 + index * 60_000,
    });
  }
}
