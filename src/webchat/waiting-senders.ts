import { type ReadonlySignal, signal } from "@preact/signals";
import type { Result } from "#protocol";
import type { Wire } from "./wire.ts";

type Senders = Result<"pairing.list">;

const nobody: Senders = { requests: [], approved: [] };
const known = new WeakMap<Wire, ReadonlySignal<Senders>>();

/** Who waits to be let in on messaging apps, and who was; asked for once, however often it is shown. */
export function sendersOf(wire: Wire): ReadonlySignal<Senders> {
  const senders = known.get(wire) ?? watch(wire);
  known.set(wire, senders);
  return senders;
}

function watch(wire: Wire): ReadonlySignal<Senders> {
  const senders = signal<Senders>(nobody);
  let timer: ReturnType<typeof setTimeout> | undefined;

  function show(list: Senders) {
    senders.value = list;
    clearTimeout(timer);
    // A request ends by itself, which is no event.
    const ends = list.requests.map(({ expiresAt }) => expiresAt - Date.now());
    if (ends.length > 0) timer = setTimeout(refresh, Math.max(Math.min(...ends), 0) + 1_000);
  }

  function refresh() {
    // Without an answer the page connects again, and asks again; or it may not decide about it any more.
    wire.call("pairing.list", {}).then(show, () => show(nobody));
  }

  wire.listen({
    open: refresh,
    event({ event }) {
      if (event === "pairing.changed") refresh();
    },
    gap: refresh,
  });
  refresh();
  return senders;
}

/** What somebody calls themselves; it cannot turn the direction of the words around it. */
export function nameOf({ senderName, senderId }: { senderName?: string; senderId: string }): string {
  const name = (senderName ?? "").replace(/[\u202a-\u202e\u2066-\u2069]|\p{Cc}/gu, "").trim();
  return `\u2068${name === "" ? senderId : name}\u2069`;
}
