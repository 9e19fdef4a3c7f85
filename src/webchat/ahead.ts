import type { Params } from "#protocol";
import { type Introduced, introduction } from "./introduction.ts";

/** How many messages of a session the page reads at a time. */
export const PAGE = 50;

/** A connection that was opened before the page itself was here, and on which the newest messages are asked for. */
export interface Ahead {
  readonly socket: WebSocket;
  /** The session as the address names it; null is the main one. */
  readonly named: string | null;
  /** The ids of the two requests. */
  readonly asked: { readonly connect: string; readonly history: string };
  /** Tells from now on what the gateway answers, and that the connection ended; what has come before comes first. */
  handTo(hear: (data: unknown) => void, closed: (code: number) => void): void;
}

/**
 * Connects, introduces the page and asks for what it shows first, also where somebody has taken the connection over
 * by the time the gateway listens. It takes the second request up as soon as it has said yes to the first.
 */
export function askAhead(address: string, named: string | null, own: () => Introduced): Ahead {
  const socket = new WebSocket(address);
  const asked = { connect: "1", history: "2" };
  const heard: unknown[] = [];
  let closeCode: number | undefined;
  let hear = (data: unknown): void => void heard.push(data);

  function ask() {
    const history: Params<"chat.history"> = { sessionKey: named ?? "main", limit: PAGE };
    const requests = [
      { id: asked.connect, method: "connect", params: introduction(own()) },
      { id: asked.history, method: "chat.history", params: history },
    ];
    for (const request of requests) socket.send(JSON.stringify({ type: "req", ...request }));
  }

  // The first thing that a gateway says is that it listens.
  socket.onmessage = () => {
    socket.onmessage = ({ data }) => hear(data);
    ask();
  };
  socket.onclose = ({ code }) => {
    closeCode = code;
  };

  return {
    socket,
    named,
    asked,
    handTo(next, closed) {
      hear = next;
      socket.onclose = ({ code }) => closed(code);
      for (const data of heard) next(data);
      if (closeCode !== undefined) closed(closeCode);
    },
  };
}
