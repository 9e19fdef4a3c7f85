/**
 * Stands in the document itself and runs before anything else of the page is there: on its own computer the page
 * connects while its scripts are on their way. What the gateway says meanwhile is kept for the entry.
 */
import { isLoopback, socketAddress } from "./address.ts";

/** A connection on which nothing has been said yet. */
export interface Knock {
  readonly socket: WebSocket;
  readonly heard: readonly unknown[];
  /** Why it has ended, where it has. */
  readonly closeCode: number | undefined;
}

declare global {
  var moltbotKnock: Knock | undefined;
}

if (isLoopback(location.hostname)) {
  const base = new URL(document.currentScript?.dataset.base ?? "/", location.href);
  const socket = new WebSocket(socketAddress(base));
  const heard: unknown[] = [];
  const knock = { socket, heard, closeCode: undefined as number | undefined };
  socket.onmessage = ({ data }) => void heard.push(data);
  socket.onclose = ({ code }) => {
    knock.closeCode = code;
  };
  globalThis.moltbotKnock = knock;
}
