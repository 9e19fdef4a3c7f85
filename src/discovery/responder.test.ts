import { describe, expect, test } from "bun:test";
import { type DnsRecord, type Message, readMessage, types, writeMessage } from "./dns-message.ts";
import { createResponder, type Link, type Sender } from "./responder.ts";
import { recordsOf, renamed, type Service, serviceTypes } from "./service.ts";

const service: Service = {
  name: "Moltbot on mini",
  host: "moltbot-1",
  port: 18_789,
  txt: { role: "gateway" },
};
const [older = []] = serviceTypes;
const peer: Sender = { address: "192.168.1.9", port: 5_353 };

function stand(links = ["192.168.1.2"]) {
  let now = 0;
  let due: { at: number; then: () => void }[] = [];
  const sent: { from: string; to: Sender | undefined; message: Message }[] = [];
  const settled: string[] = [];
  let gaveUp = 0;
  const made = links.map(
    (address): Link => ({
      address,
      send(bytes, to) {
        const message = readMessage(bytes);
        if (message === null) throw new Error("what was sent cannot be read");
        sent.push({ from: address, to, message });
      },
    }),
  );
  const responder = createResponder({
    service,
    links: made,
    random: () => 0.5,
    monotonicMs: () => now,
    after(ms, then) {
      const entry = { at: now + ms, then };
      due.push(entry);
      return () => {
        due = due.filter((each) => each !== entry);
      };
    },
    settled: ({ name }) => settled.push(name),
    gaveUp: () => {
      gaveUp += 1;
    },
  });
  const advance = (ms: number) => {
    const until = now + ms;
    for (;;) {
      const next = due.filter(({ at }) => at <= until).toSorted((one, other) => one.at - other.at)[0];
      if (next === undefined) break;
      due = due.filter((each) => each !== next);
      now = next.at;
      next.then();
    }
    now = until;
  };
  const hear = (message: Partial<Message>, from = peer, link = made[0]) => {
    const read = readMessage(writeMessage(message));
    if (read === null || link === undefined) throw new Error("the test sends nonsense");
    responder.receive(link, read, from);
  };
  return {
    ...{ responder, sent, settled, advance, hear },
    waiting: () => due.length,
    gaveUp: () => gaveUp,
    /** Starts, and forgets what was said until it counts. */
    announced() {
      responder.start();
      advance(10_000);
      sent.length = 0;
    },
  };
}

const ask = (type: number = types.ptr, name = older, unicast = false) => ({
  questions: [{ name, type, unicast }],
});
const theirs = (data: DnsRecord["data"], type: number, name = [service.name, ...older]): DnsRecord => ({
  ...{ name, type, data, unique: true, ttl: 120 },
});
const otherPort = theirs({ is: "srv", port: 1, target: ["else", "local"] }, types.srv);

describe("a responder", () => {
  test("asks three times whether a name is free, then announces, and at the end says goodbye", () => {
    const { responder, sent, settled, advance } = stand();
    responder.start();
    advance(1_000);
    const probes = sent.filter(({ message }) => !message.isResponse);
    expect(probes).toHaveLength(3);
    expect(probes[0]?.message.authorities.length).toBeGreaterThan(3);
    expect(settled).toEqual(["Moltbot on mini"]);
    advance(5_000);
    const told = sent.filter(({ message }) => message.isResponse);
    expect(told).toHaveLength(3);
    responder.stop();
    expect(sent.at(-1)?.message.answers.every(({ ttl }) => ttl === 0)).toBe(true);
    const count = sent.length;
    advance(60_000);
    expect(sent).toHaveLength(count);
  });

  test("answers a question with all that the asker needs, once for all who ask within a second", () => {
    const world = stand();
    world.announced();
    for (let times = 0; times < 1_000; times += 1) world.hear(ask());
    expect(world.waiting()).toBe(1);
    world.advance(200);
    expect(world.sent).toHaveLength(1);
    const found = new Set(world.sent[0]?.message.answers.map(({ data }) => data.is));
    expect(found).toEqual(new Set(["ptr", "srv", "txt", "other", "a"]));
    world.hear(ask());
    world.advance(200);
    expect(world.sent).toHaveLength(1);
    world.advance(1_000);
    world.hear(ask());
    world.advance(200);
    expect(world.sent).toHaveLength(2);
  });

  test("is silent about what it does not have and about what the asker knows", () => {
    const world = stand();
    world.announced();
    world.hear(ask(types.ptr, ["_ipp", "_tcp", "local"]));
    const known = recordsOf(service, "192.168.1.2").filter(({ type }) => type !== types.nsec);
    world.hear({ ...ask(), answers: known });
    world.advance(500);
    expect(world.sent.flatMap(({ message }) => message.answers.map(({ data }) => data.is))).not.toContain(
      "ptr",
    );
  });

  test("says that its name has no other address", () => {
    const world = stand();
    world.announced();
    world.hear(ask(28, ["MOLTBOT-1", "local"]));
    world.advance(500);
    expect(world.sent[0]?.message.answers[0]?.type).toBe(types.nsec);
  });

  test("answers a plain DNS question to the asker alone, and is no amplifier", () => {
    const world = stand();
    world.announced();
    const from = { address: "192.168.1.9", port: 40_000 };
    for (let times = 0; times < 500; times += 1) world.hear({ ...ask(), id: 77 }, from);
    expect(world.sent).toHaveLength(20);
    expect(world.sent[0]?.to).toEqual(from);
    expect(world.sent[0]?.message).toMatchObject({ id: 77, questions: [{ name: [...older] }] });
    expect(world.sent[0]?.message.answers.every(({ ttl, unique }) => ttl <= 10 && !unique)).toBe(true);
    world.advance(1_000);
    world.hear(ask(), from);
    expect(world.sent).toHaveLength(21);
  });

  test("tells each network its address there, and takes its own for nobody else's", () => {
    const world = stand(["192.168.1.2", "192.168.1.3"]);
    world.announced();
    world.hear(ask(types.a, ["moltbot-1", "local"]));
    world.advance(200);
    expect(world.sent.map(({ from }) => from)).toEqual(["192.168.1.2"]);
    const own = theirs({ is: "a", address: "192.168.1.3" }, types.a, ["moltbot-1", "local"]);
    world.hear({ isResponse: true, answers: [own] });
    world.advance(10_000);
    expect(world.settled).toEqual(["Moltbot on mini"]);
  });

  test("gives way where a name is taken, and defends one that it has", () => {
    const world = stand();
    world.responder.start();
    world.advance(300);
    world.hear({ isResponse: true, answers: [otherPort] });
    world.advance(10_000);
    expect(world.settled).toEqual(["Moltbot on mini (2)"]);
    const second = { ...otherPort, name: ["Moltbot on mini (2)", ...older] };
    world.sent.length = 0;
    world.hear({ isResponse: true, answers: [second] });
    world.advance(10_000);
    expect(world.sent.filter(({ message }) => !message.isResponse)).toHaveLength(3);
    expect(world.settled).toEqual(["Moltbot on mini (2)", "Moltbot on mini (2)"]);
  });

  test("of two who ask for a name at once, the one whose record comes first waits", () => {
    const world = stand();
    world.responder.start();
    world.advance(200);
    const later = theirs({ is: "srv", port: 65_535, target: ["z", "local"] }, types.srv);
    world.hear({ ...ask(types.any), authorities: [later] });
    world.sent.length = 0;
    world.advance(999);
    expect(world.sent).toEqual([]);
    world.advance(5_000);
    expect(world.settled).toEqual(["Moltbot on mini"]);
    const early = stand();
    early.responder.start();
    early.advance(200);
    early.hear({
      ...ask(types.any),
      authorities: [theirs({ is: "srv", port: 1, target: ["a"] }, types.srv)],
    });
    early.advance(800);
    expect(early.settled).toEqual(["Moltbot on mini"]);
  });

  test("gives up in the end where somebody claims every name", () => {
    const world = stand();
    world.responder.start();
    let name = service.name;
    for (let times = 1; times < 40; times += 1) {
      world.hear({ isResponse: true, answers: [{ ...otherPort, name: [name, ...older] }] });
      name = renamed(service, times).name;
    }
    expect(world.gaveUp()).toBe(1);
    world.advance(60_000);
    expect(world.settled).toEqual([]);
    expect(world.waiting()).toBe(0);
    world.hear(ask());
    expect(world.waiting()).toBe(0);
  });
});

test("a long name keeps its number", () => {
  const long = renamed({ ...service, name: "ü".repeat(60) }, 1);
  expect(recordsOf(long, "10.0.0.1")[0]?.data).toMatchObject({
    target: [expect.stringMatching(/ \(2\)$/), ...older],
  });
});
