import { type EventName, events, type Payload } from "#protocol";
import { type Audience, covers } from "#protocol/access.ts";
import type { EmitOptions, EventBus } from "#src/lib/bus.ts";
import type { Outgoing } from "./outgoing.ts";

/** A connection as the fan-out sees it. */
export interface Listener {
  readonly caller: { readonly role: "operator" | "node"; readonly scopes: ReadonlySet<string> };
  readonly outgoing: Outgoing;
  /** The number of the last event, dropped ones included: a hole tells the client to refresh. */
  seq: number;
}

export interface FanOut {
  add(listener: Listener): void;
  remove(listener: Listener): void;
  /** Sends an event to everybody whose access covers it. */
  broadcast<E extends EventName>(event: E, payload: Payload<E>, options?: EmitOptions): void;
  /** Sends an event to one listener, numbered like a broadcast. */
  tell<E extends EventName>(listener: Listener, event: E, payload: string): void;
  /** Sends what waits at the end of this loop turn now. */
  flush(): void;
  schedule(outgoing: Outgoing): void;
  readonly size: number;
}

export interface FanOutOptions {
  bus: EventBus;
  /** The counters that versioned events carry. */
  stateVersion: () => { presence: number; health: number };
}

/** Serialises each event once, numbers it per connection, and lets a turn's events leave as one write each. */
export function createFanOut({ bus, stateVersion }: FanOutOptions): FanOut {
  const listeners = new Set<Listener>();
  let waiting: Outgoing[] = [];
  let turn: NodeJS.Immediate | null = null;

  function flush(): void {
    if (turn !== null) clearImmediate(turn);
    turn = null;
    const outgoing = waiting;
    waiting = [];
    for (const each of outgoing) each.flush();
  }

  function schedule(outgoing: Outgoing): void {
    waiting.push(outgoing);
    turn ??= setImmediate(flush);
  }

  function tailOf(event: EventName): string {
    return "versioned" in events[event] ? `,"stateVersion":${JSON.stringify(stateVersion())}}` : "}";
  }

  bus.listen((event, payload, options) => broadcast(event, payload, options));

  function broadcast<E extends EventName>(event: E, payload: Payload<E>, options: EmitOptions = {}): void {
    if (listeners.size === 0) return;
    const { audience, whenSlow } = events[event];
    const droppable = whenSlow === "drop" || (whenSlow === "drop-deltas" && options.delta === true);
    let head = "";
    let tail = "";
    for (const listener of listeners) {
      if (!hears(listener.caller, audience)) continue;
      if (head === "") {
        head = `{"type":"event","event":${JSON.stringify(event)},"payload":${JSON.stringify(payload)},"seq":`;
        tail = tailOf(event);
      }
      listener.seq += 1;
      listener.outgoing.event(head + listener.seq + tail, droppable);
    }
  }

  return {
    broadcast,
    flush,
    schedule,
    add: (listener) => void listeners.add(listener),
    remove: (listener) => void listeners.delete(listener),
    tell(listener, event, payload) {
      listener.seq += 1;
      const text = `{"type":"event","event":"${event}","payload":${payload},"seq":${listener.seq}${tailOf(event)}`;
      listener.outgoing.event(text, false);
    },
    get size() {
      return listeners.size;
    },
  };
}

/** Whether a caller is among those an event is for. */
export function hears(caller: Listener["caller"], audience: Audience): boolean {
  if (audience === "everyone") return true;
  if (audience === "addressee" || caller.role !== "operator") return false;
  return covers(caller.scopes, audience);
}
