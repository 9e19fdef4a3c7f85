import {
  type DnsRecord,
  isSameName,
  type Message,
  type Name,
  type Question,
  types,
  writeData,
  writeMessage,
} from "./dns-message.ts";
import { recordsOf, renamed, type Service } from "./service.ts";

/** One network that this computer is in. */
export interface Link {
  /** This computer's address there. */
  address: string;
  /** To everybody on the link, or to one. */
  send(message: Uint8Array, to?: Sender): void;
}

export interface Sender {
  address: string;
  port: number;
}

export interface ResponderOptions {
  service: Service;
  links: readonly Link[];
  /** Calls later, unless it is called itself before. */
  after(ms: number, then: () => void): () => void;
  monotonicMs(): number;
  /** From 0 up to 1. */
  random(): number;
  /** The name counts from now on. */
  settled(service: Service): void;
  /** Others claim every name, so nothing is announced any more. */
  gaveUp(): void;
}

/** Answers for one service by multicast DNS. */
export interface Responder {
  start(): void;
  /** What came in on a link. */
  receive(link: Link, message: Message, from: Sender): void;
  /** Says goodbye. */
  stop(): void;
}

export const mdnsPort = 5_353;
const probeEveryMs = 250;
const announceAtMs = [0, 1_000, 3_000];
/** A record goes to everybody at most this often. */
const againAfterMs = 1_000;
/** Unicast answers in a second, over all links: what is sent to one address must not be a weapon. */
const mostUnicast = 20;
const mostConflicts = 15;
/** What an asker who is no multicast DNS may keep. */
const legacySeconds = 10;

export function createResponder(options: ResponderOptions): Responder {
  const { links, after, monotonicMs, random } = options;
  const own = new Set(links.map(({ address }) => address));
  let { service } = options;
  let records = recordsByLink();
  let is: "probing" | "announced" | "off" = "off";
  let conflicts = 0;
  const timers = new Set<() => void>();
  const waiting = new Map<Link, Set<DnsRecord>>();
  const sentAt = new Map<DnsRecord, number>();
  const unicasts = { since: Number.NEGATIVE_INFINITY, count: 0 };

  function recordsByLink(): Map<Link, DnsRecord[]> {
    return new Map(links.map((link) => [link, recordsOf(service, link.address)]));
  }

  function of(link: Link): DnsRecord[] {
    return records.get(link) ?? [];
  }

  function later(ms: number, then: () => void): void {
    const cancel = after(ms, () => {
      timers.delete(cancel);
      then();
    });
    timers.add(cancel);
  }

  function halt(): void {
    for (const cancel of timers) cancel();
    timers.clear();
    waiting.clear();
    sentAt.clear();
  }

  function probe(delayMs: number): void {
    halt();
    is = "probing";
    for (const time of [0, 1, 2]) later(delayMs + time * probeEveryMs, sendProbes);
    later(delayMs + 3 * probeEveryMs, announce);
  }

  function sendProbes(): void {
    for (const link of links) {
      const authorities = of(link).filter(isClaim);
      const names = uniqueNames(authorities);
      const questions = names.map((name): Question => ({ name, type: types.any, unicast: false }));
      link.send(
        writeMessage({ questions, authorities: authorities.map((each) => ({ ...each, unique: false })) }),
      );
    }
  }

  function announce(): void {
    is = "announced";
    options.settled(service);
    for (const ms of announceAtMs) {
      later(ms, () => {
        for (const link of links) tell(link, of(link));
      });
    }
  }

  function tell(link: Link, answers: readonly DnsRecord[]): void {
    const now = monotonicMs();
    for (const each of answers) sentAt.set(each, now);
    link.send(writeMessage({ isResponse: true, answers: [...answers] }));
  }

  function answer(link: Link, { id, questions, answers: known }: Message, from: Sender): void {
    const asked = questions.map((question) => ({ question, found: answersTo(question, of(link)) }));
    const isNews = (each: DnsRecord) => !known.some((one) => isSame(one, each) && one.ttl * 2 >= each.ttl);
    const wanted = (some: typeof asked) => [...new Set(some.flatMap(({ found }) => found))].filter(isNews);
    if (from.port !== mdnsPort) {
      const short = (each: DnsRecord) => ({ ...each, unique: false, ttl: Math.min(each.ttl, legacySeconds) });
      const echoed = asked.filter(({ found }) => found.length > 0).map(({ question }) => question);
      sendTo(link, from, wanted(asked), short, { id, questions: echoed });
      return;
    }
    sendTo(link, from, wanted(asked.filter(({ question }) => question.unicast)), (each) => each, {});
    const toAll = wanted(asked.filter(({ question }) => !question.unicast));
    if (toAll.length === 0) return;
    const set = waiting.get(link) ?? new Set();
    for (const each of toAll) set.add(each);
    if (waiting.has(link)) return;
    waiting.set(link, set);
    // Others who answer the same question do not all do so at once.
    later(20 + random() * 100, () => {
      waiting.delete(link);
      const now = monotonicMs();
      const due = [...set].filter(
        (each) => now - (sentAt.get(each) ?? Number.NEGATIVE_INFINITY) >= againAfterMs,
      );
      if (due.length > 0) tell(link, due);
    });
  }

  function sendTo(
    link: Link,
    to: Sender,
    answers: readonly DnsRecord[],
    shape: (each: DnsRecord) => DnsRecord,
    head: Partial<Message>,
  ): void {
    if (answers.length === 0) return;
    const now = monotonicMs();
    if (now - unicasts.since >= 1_000) Object.assign(unicasts, { since: now, count: 0 });
    unicasts.count += 1;
    if (unicasts.count > mostUnicast) return;
    link.send(writeMessage({ ...head, isResponse: true, answers: answers.map(shape) }), to);
  }

  /** Whether somebody else says something else of a name that is to be ours alone. */
  function isContradicted(link: Link, said: readonly DnsRecord[]): boolean {
    return said.some((theirs) => {
      if (theirs.ttl === 0 || (theirs.data.is === "a" && own.has(theirs.data.address))) return false;
      const ours = of(link).filter((each) => isClaim(each) && isAbout(each, theirs));
      return ours.length > 0 && !ours.some((each) => isSame(each, theirs));
    });
  }

  /** Of two who ask for a name at the same time, the one whose data come later has it (RFC 6762, 8.2). */
  function isOutdone(link: Link, said: readonly DnsRecord[]): boolean {
    return said.some((theirs) =>
      of(link).some(
        (each) =>
          isClaim(each) &&
          isAbout(each, theirs) &&
          !(theirs.data.is === "a" && own.has(theirs.data.address)) &&
          Buffer.compare(writeData(each.data), writeData(theirs.data)) < 0,
      ),
    );
  }

  function giveWay(isTaken: boolean): void {
    conflicts += 1;
    if (conflicts > mostConflicts) {
      goodbye();
      options.gaveUp();
      return;
    }
    if (isTaken) {
      service = renamed(options.service, conflicts);
      records = recordsByLink();
    }
    probe(conflicts > 3 ? 5_000 : 1_000);
  }

  function goodbye(): void {
    const wasAnnounced = is === "announced";
    is = "off";
    halt();
    if (!wasAnnounced) return;
    for (const link of links) {
      link.send(writeMessage({ isResponse: true, answers: of(link).map((each) => ({ ...each, ttl: 0 })) }));
    }
  }

  return {
    start: () => probe(random() * probeEveryMs),
    receive(link, message, from) {
      if (is === "off") return;
      if (message.isResponse) {
        // Only those on the port of multicast DNS speak for a name.
        if (from.port !== mdnsPort) return;
        const said = [...message.answers, ...message.authorities, ...message.additionals];
        // A name that counts is defended by probing for it anew; only one that is not won yet is given up.
        if (isContradicted(link, said)) giveWay(is === "probing");
        return;
      }
      if (is === "announced") answer(link, message, from);
      else if (isOutdone(link, message.authorities)) giveWay(false);
    },
    stop: goodbye,
  };
}

/** Records that nobody else may have. */
function isClaim({ unique, type }: DnsRecord): boolean {
  return unique && type !== types.nsec;
}

function isAbout(one: DnsRecord, other: DnsRecord): boolean {
  return one.type === other.type && isSameName(one.name, other.name);
}

function isSame(one: DnsRecord, other: DnsRecord): boolean {
  return isAbout(one, other) && writeData(one.data).equals(writeData(other.data));
}

function uniqueNames(records: readonly DnsRecord[]): Name[] {
  return records
    .map(({ name }) => name)
    .filter((name, index, all) => all.findIndex((each) => isSameName(each, name)) === index);
}

/** What answers a question, and what the asker would ask next. */
function answersTo({ name, type }: Question, records: readonly DnsRecord[]): DnsRecord[] {
  const named = records.filter((each) => isSameName(each.name, name));
  const exact = named.filter((each) => type === types.any || each.type === type);
  const answers = exact.length > 0 ? exact : named.filter((each) => each.type === types.nsec);
  const targets = answers.flatMap(({ data }) => ("target" in data ? [data.target] : []));
  const next = records.filter(
    (each) => each.unique && targets.some((target) => isSameName(target, each.name)),
  );
  const hosts = next.flatMap(({ data }) => (data.is === "srv" ? [data.target] : []));
  const last = records.filter((each) => each.unique && hosts.some((host) => isSameName(host, each.name)));
  return [...answers, ...next, ...last];
}
