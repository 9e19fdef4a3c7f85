import { type EventName, eventDeclarationOf, events, type Payload } from "#protocol";
import { type Audience, covers } from "#protocol/access.ts";
import type { EmitOptions, EventBus } from "#src/lib/bus.ts";
import { messagesOf, type Topic } from "#src/lib/topics.ts";
import type { Subscriptions } from "#src/methods/handler.ts";
import type { Outgoing } from "./outgoing.ts";
import { createSubscriptionBook } from "./subscriptions.ts";

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
  /** Sends an event to everybody whose access covers it, and where it has subscribers, to those alone. */
  broadcast<E extends EventName>(event: E, payload: Payload<E>, options?: EmitOptions): void;
  /** Sends an event to one listener, numbered like a broadcast. */
  tell<E extends EventName>(listener: Listener, event: E, payload: string): void;
  /** What a listener asked to hear; it counts while the listener is among the others. */
  subscriptionsOf(listener: Listener): Subscriptions;
  /** Whether anybody would hear of it. */
  isHeard(topic: Topic): boolean;
  /** Sends now what waits for the end of this loop turn or of a rest. */
  flush(): void;
  schedule(outgoing: Outgoing): void;
  readonly size: number;
}

export interface FanOutOptions {
  bus: EventBus;
  /** The counters that versioned events carry. */
  stateVersion: () => { presence: number; health: number };
}

/** How long it is quiet after events for so many listeners have left, and at the most. */
const restMsPerWrite = 0.5;
const longestRestMs = 25;

/** Bytes of events that may wait for all slow clients together. */
const maxBacklog = 24 * 1024 * 1024;

const audiences: readonly Audience[] = [...new Set(Object.values(events).map(({ audience }) => audience))];

/**
 * Serialises each event once, numbers it per connection, and lets a turn's events leave as one write each. After a
 * quiet moment they leave at once; while many listeners hear much, writes are what everything costs, and events of
 * up to 25 ms share one.
 */
export function createFanOut({ bus, stateVersion }: FanOutOptions): FanOut {
  const listeners = new Set<Listener>();
  /** Who hears what, since access is judged when a client comes and stays as it is. */
  const hearing = new Map<Audience, Set<Listener>>(audiences.map((audience) => [audience, new Set()]));
  const subscribed = createSubscriptionBook<Listener>();
  let waiting: Outgoing[] = [];
  let turn: NodeJS.Immediate | null = null;
  let timer: ReturnType<typeof setTimeout> | null = null;
  let restUntil = 0;
  /** Who has not read everything. */
  const slow = new Set<Outgoing>();

  function flush(): void {
    if (turn !== null) clearImmediate(turn);
    if (timer !== null) clearTimeout(timer);
    turn = null;
    timer = null;
    const outgoing = waiting;
    waiting = [];
    for (const each of outgoing) {
      each.flush();
      if (each.eventBacklog > 0) slow.add(each);
    }
    if (slow.size > 0) makeRoom();
    restUntil = performance.now() + Math.min(longestRestMs, outgoing.length * restMsPerWrite);
  }

  /** Cuts those for whom most waits, until all that waits is within its bound. */
  function makeRoom(): void {
    const backlogs: [outgoing: Outgoing, bytes: number][] = [];
    let sum = 0;
    for (const each of slow) {
      const bytes = each.eventBacklog;
      if (bytes === 0) slow.delete(each);
      else backlogs.push([each, bytes]);
      sum += bytes;
    }
    if (sum <= maxBacklog) return;
    backlogs.sort(([, one], [, other]) => other - one);
    for (const [each, bytes] of backlogs) {
      if (sum <= maxBacklog) return;
      sum -= bytes;
      slow.delete(each);
      each.cut();
    }
  }

  function schedule(outgoing: Outgoing): void {
    waiting.push(outgoing);
    if (turn !== null || timer !== null) return;
    const rest = restUntil - performance.now();
    if (rest > 0) timer = setTimeout(flush, rest);
    else turn = setImmediate(flush);
  }

  function tailOf(event: EventName): string {
    return "versioned" in events[event] ? `,"stateVersion":${JSON.stringify(stateVersion())}}` : "}";
  }

  bus.listen((event, payload, options) => broadcast(event, payload, options));

  function broadcast<E extends EventName>(event: E, payload: Payload<E>, options: EmitOptions = {}): void {
    if (listeners.size === 0) return;
    const { audience, whenSlow } = events[event];
    const droppable = whenSlow === "drop" || (whenSlow === "drop-deltas" && options.delta === true);
    const topic = topicOf(event, payload);
    if (topic !== null) {
      const addressees = subscribed.listeners(topic);
      if (addressees.size === 0) return;
      const text = `{"type":"event","event":"${event}","payload":${JSON.stringify(payload)}}`;
      for (const each of addressees) if (hears(each.caller, audience)) each.outgoing.event(text, droppable);
      return;
    }
    let head = "";
    let tail = "";
    // Clients that have been here equally long are often at the same number: then one text serves them all.
    let text = "";
    let numbered = -1;
    for (const listener of hearing.get(audience) ?? []) {
      if (head === "") {
        head = `{"type":"event","event":${JSON.stringify(event)},"payload":${JSON.stringify(payload)},"seq":`;
        tail = tailOf(event);
      }
      listener.seq += 1;
      if (listener.seq !== numbered) {
        numbered = listener.seq;
        text = head + numbered + tail;
      }
      listener.outgoing.event(text, droppable);
    }
  }

  return {
    broadcast,
    flush,
    schedule,
    add(listener) {
      listeners.add(listener);
      for (const [audience, those] of hearing) if (hears(listener.caller, audience)) those.add(listener);
    },
    remove(listener) {
      listeners.delete(listener);
      for (const those of hearing.values()) those.delete(listener);
      slow.delete(listener.outgoing);
      subscribed.forget(listener);
    },
    subscriptionsOf: (listener) => subscribed.of(listener, () => listeners.has(listener)),
    isHeard: (topic) => subscribed.listeners(topic).size > 0,
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

/** What one has to have asked for to hear the event; null for an event that nobody has to ask for. */
function topicOf<E extends EventName>(event: E, payload: Payload<E>): Topic | null {
  const declaration = eventDeclarationOf(event);
  if (declaration.subscribed === undefined) return null;
  if (declaration.subscribed === "sessions") return "sessions";
  return messagesOf((payload as { sessionKey: string }).sessionKey);
}

/** Whether a caller is among those an event is for. */
export function hears(caller: Listener["caller"], audience: Audience): boolean {
  if (audience === "everyone") return true;
  if (audience === "addressee" || caller.role !== "operator") return false;
  return covers(caller.scopes, audience);
}
