import { type ReadonlySignal, signal } from "@preact/signals";
import type { PairingRequest } from "#protocol/domains/devices.ts";
import type { Wire } from "./wire.ts";

/** A request that nobody answers is gone after this time, and the gateway says so only when it is asked. */
const GONE_AFTER_MS = 301_000;

type Waiting = ReadonlySignal<readonly PairingRequest[]>;

const known = new WeakMap<Wire, Waiting>();

/** The devices that ask to be let in; asked for once, however often their list is shown. */
export function waitingDevices(wire: Wire): Waiting {
  const waiting = known.get(wire) ?? watch(wire);
  known.set(wire, waiting);
  return waiting;
}

function watch(wire: Wire): Waiting {
  const waiting = signal<readonly PairingRequest[]>([]);
  let timer: ReturnType<typeof setTimeout> | undefined;

  function show(requests: readonly PairingRequest[]) {
    waiting.value = requests;
    clearTimeout(timer);
    if (requests.length > 0) timer = setTimeout(refresh, GONE_AFTER_MS);
  }

  function refresh() {
    // Without an answer the page connects again, and asks again; or it may not decide about it any more.
    wire.call("device.pair.list", {}).then(
      ({ pending }) => show(pending),
      () => show([]),
    );
  }

  wire.listen({
    open: refresh,
    event(event) {
      const without = (id: string) => waiting.value.filter(({ requestId }) => requestId !== id);
      if (event.event === "device.pair.requested") {
        show([...without(event.payload.requestId), event.payload]);
      }
      if (event.event === "device.pair.resolved") show(without(event.payload.requestId));
    },
    gap: refresh,
  });
  refresh();
  return waiting;
}
