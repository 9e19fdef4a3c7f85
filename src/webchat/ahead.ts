import type { Params } from "#protocol";
import { type Introduced, introduction } from "./introduction.ts";

/** How many messages of a session the page reads at a time. */
export const PAGE = 50;

/** A connection that was opened, and asked for the newest messages, before the page itself was here. */
export interface Ahead {
  readonly socket: WebSocket;
  /** The session as the address names it; null is the main one. */
  readonly named: string | null;
  /** The ids of the two requests, once they have been sent. */
  readonly sent: { connect: string; history: string } | undefined;
  /** Why it has ended, where it has. */
  readonly closeCode: number | undefined;
  /** What the gateway has said since, in order; whoever takes the connection over goes on from there. */
  readonly heard: readonly unknown[];
}

/**
 * Connects, introduces the page and asks for what it shows first. The gateway takes the second request up as soon as
 * it has said yes to the first.
 */
export function askAhead(address: string, named: string | null, own: () => Introduced): Ahead {
  const socket = new WebSocket(address);
  const heard: unknown[] = [];
  const ahead = {
    socket,
    named,
    heard,
    sent: undefined as Ahead["sent"],
    closeCode: undefined as number | undefined,
  };

  socket.onmessage = ({ data }) => {
    if (ahead.sent !== undefined) {
      heard.push(data);
      return;
    }
    // The first thing that a gateway says is that it listens.
    ahead.sent = { connect: "1", history: "2" };
    const history: Params<"chat.history"> = { sessionKey: named ?? "main", limit: PAGE };
    const requests = [
      { id: ahead.sent.connect, method: "connect", params: introduction(own()) },
      { id: ahead.sent.history, method: "chat.history", params: history },
    ];
    for (const request of requests) socket.send(JSON.stringify({ type: "req", ...request }));
  };
  socket.onclose = ({ code }) => {
    ahead.closeCode = code;
  };
  return ahead;
}
