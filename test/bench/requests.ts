import { type Client, type Crowd, requestFrame } from "./crowd.ts";
import { busySession, otherSession } from "./fill-history.ts";
import type { Subject } from "./subject.ts";

export const healthRequest = requestFrame("health");
export const historyRequest = requestFrame("chat.history", { sessionKey: busySession, limit: 200 });
/** Tells everybody of a message; its event is about 300 bytes long. */
export const injectRequest = requestFrame("chat.inject", {
  sessionKey: otherSession,
  message: "lorem ipsum ".repeat(4),
});

/** Sends so many requests over the given clients, each with one in flight; resolves with the last answer. */
export async function sendRequests(crowd: Crowd, clients: readonly Client[], frame: Buffer, count: number) {
  let left = count;
  const next = (client: Client) => {
    if (left === 0) return;
    left -= 1;
    client.send(frame);
  };
  crowd.onAnswer(next);
  const done = crowd.more("answer", count);
  for (const client of clients) next(client);
  await done;
}

/** Microseconds of the server's processor time per request. */
export async function costOfRequests(
  subject: Subject,
  crowd: Crowd,
  { clients = crowd.clients, frame, count }: { clients?: readonly Client[]; frame: Buffer; count: number },
): Promise<number> {
  const before = subject.cpuMs();
  await sendRequests(crowd, clients, frame, count);
  return ((subject.cpuMs() - before) * 1000) / count;
}
