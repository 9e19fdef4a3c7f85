import { type EventName, eventDeclarationOf, events, type Payload } from "#protocol";
import { type Audience, covers } from "#protocol/access.ts";
import type { EmitOptions, EventBus } from "#src/lib/bus.ts";
import { messagesOf, type Topic } from "#src/lib/topics.ts";
import type { Subscriptions } from "#src/methods/handler.ts";
import type { Feed, Outgoing } from "./outgoing.ts";
import { createSubscriptionBook } from "./subscriptions.ts";

/** A connection as the fan-out sees it. */
export interface Listener {
  readonly caller: { readonly role: "operator" | "node"; readonly scopes: ReadonlySet<string> };
  readonly outgoing: Outgoing;
}

export interface FanOut {
  add(listener: Listener): void;
  remove(listener: Listener): void;
  /** Sends an event to everybody whose access covers it, and where it has subscribers, to those alone. */
  broadcast<E extends EventName>(event: E, payload: Payload<E>, options?: EmitOptions): void;
  /** Sends a listener that has just come its first event, with the number after which the others follow. */
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
 * Listeners that hear the same share one count, so that one text serves them all. To each it is the count of its own
 * connection: it begins wherever it stands, and what one is too slow for has a number, so that the hole is seen.
 */
interface SharedFeed extends Feed {
  readonly name: string;
  readonly audiences: readonly Audience[];
  readonly members: Set<Outgoing>;
  /** The number of the last event. */
  seq: number;
  texts: string[];
  droppable: boolean[];
  round: number;
}

/**
 * Serialises each event once for all who hear the same, and lets a turn's events leave as one write each. After a
 * quiet moment they leave at once; while many listeners hear much, writes are what everything costs, and events of
 * up to 25 ms share one.
 */
export function createFanOut({ bus, stateVersion }: FanOutOptions): FanOut {
  /** What each listener hears, since access is judged when a client comes and stays as it is. */
  const listeners = new Map<Listener, SharedFeed>();
  const feeds = new Map<string, SharedFeed>();
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
    let writes = outgoing.length;
    for (const each of outgoing) if (each.flush()) slow.add(each);
    for (const feed of feeds.values()) {
      const count = feed.texts.length;
      if (count === 0) continue;
      for (const each of feed.members) if (each.flush()) slow.add(each);
      writes += feed.members.size;
      // What a closing connection told of meanwhile is for the next time.
      if (feed.texts.length === count) beginAnew(feed);
    }
    if (slow.size > 0) makeRoom();
    restUntil = performance.now() + Math.min(longestRestMs, writes * restMsPerWrite);
  }

  function beginAnew(feed: SharedFeed): void {
    feed.texts = [];
    feed.droppable = [];
    feed.round += 1;
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
    arm();
  }

  function arm(): void {
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
    for (const feed of feeds.values()) {
      if (!feed.audiences.includes(audience)) continue;
      if (head === "") {
        head = `{"type":"event","event":${JSON.stringify(event)},"payload":${JSON.stringify(payload)},"seq":`;
        tail = tailOf(event);
      }
      feed.seq += 1;
      feed.texts.push(head + feed.seq + tail);
      feed.droppable.push(droppable);
    }
    if (head !== "") arm();
  }

  function feedFor({ caller }: Listener): SharedFeed {
    const heard = audiences.filter((audience) => hears(caller, audience));
    const name = heard.join(" ");
    let feed = feeds.get(name);
    if (feed === undefined) {
      feed = { name, audiences: heard, members: new Set(), seq: 1, texts: [], droppable: [], round: 0 };
      feeds.set(name, feed);
    }
    return feed;
  }

  return {
    broadcast,
    flush,
    schedule,
    add(listener) {
      const feed = feedFor(listener);
      listeners.set(listener, feed);
      feed.members.add(listener.outgoing);
      listener.outgoing.join(feed);
    },
    remove(listener) {
      const feed = listeners.get(listener);
      listeners.delete(listener);
      feed?.members.delete(listener.outgoing);
      if (feed?.members.size === 0) feeds.delete(feed.name);
      slow.delete(listener.outgoing);
      subscribed.forget(listener);
    },
    subscriptionsOf: (listener) => subscribed.of(listener, () => listeners.has(listener)),
    isHeard: (topic) => subscribed.listeners(topic).size > 0,
    tell(listener, event, payload) {
      const seq = listeners.get(listener)?.seq ?? 1;
      const text = `{"type":"event","event":"${event}","payload":${payload},"seq":${seq}${tailOf(event)}`;
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
