import { describe, expect, test } from "bun:test";
import type { Account, SendContext } from "#src/channels/channel.ts";
import { type Block, type Document, plainDocument } from "#src/channels/document.ts";
import { channels, ownChannel } from "#src/channels/index.ts";
import type { LoginResult } from "#src/channels/login.ts";
import { type Arrive, promises } from "./promises.ts";
import type { Stand } from "./stand.ts";
import { personOnTelegram } from "./telegram-person.ts";
import { standTelegram } from "./telegram-stand.ts";
import type { TestHost } from "./test-host.ts";
import { personAtThePage } from "./webchat-person.ts";

/** Every platform stands here with a fake of it. */
const stands: Record<string, () => Promise<Stand>> = { telegram: standTelegram };
/** Every channel has somebody who writes there, the gateway's own chat included. */
const people: Record<string, Arrive> = { telegram: personOnTelegram, [ownChannel.id]: personAtThePage };

const hello = { is: "text", document: plainDocument("hello") } as const;

test("every channel in the list has a stand, and is what the list says", async () => {
  expect(Object.keys(stands).sort()).toEqual(channels.map(({ id }) => id).sort());
  expect(Object.keys(people).sort()).toEqual([...channels, ownChannel].map(({ id }) => id).sort());
  for (const { id, label, load } of channels) expect(await load()).toMatchObject({ id, label });
});

test("no platform's library is loaded before an account of it is opened", () => {
  const script = `import { channels, ownChannel } from "#src/channels/index.ts";
if (channels.length === 0) process.exit(2);
const loaded = [...Object.keys(require.cache)].filter((path) => path.includes("node_modules"));
console.log(JSON.stringify(loaded));`;
  const child = Bun.spawnSync([process.execPath, "-e", script], { cwd: `${import.meta.dir}/../..` });
  expect(child.stdout.toString().trim()).toBe("[]");
});

for (const [id, stand] of Object.entries(stands)) {
  describe(id, () => {
    describe("says what it can", () => capabilities(stand));
    describe("finds targets", () => targets(stand));
    describe("measures what it shows", () => measures(stand));
    describe("is logged in", () => logins(stand));
    describe("receives", () => receives(stand));
    describe("sends", () => sends(stand));
  });
}

for (const [id, arrive] of Object.entries(people)) {
  const others = Object.values(people).filter((other) => other !== arrive);
  describe(`${id} keeps what it promises`, () => promises(arrive, others));
}

function capabilities(stand: () => Promise<Stand>): void {
  test("numbers are such that something can be sent within them", async () => {
    await using on = await stand();
    for (const conversation of [on.direct, on.group]) {
      const can = on.account.capabilities(conversation);
      expect(can.text.max).toBeGreaterThan(100);
      expect(can.media.perMessage).toBeGreaterThanOrEqual(1);
      expect(can.media.captionMax).toBeLessThanOrEqual(can.text.max);
      if (can.media.kinds.size > 0) expect(can.media.maxBytes).toBeGreaterThan(0);
      if (can.poll.level !== "no") expect(can.poll.maxOptions).toBeGreaterThanOrEqual(2);
      if (can.typing.level !== "no") expect(can.typing.refreshMs).toBeGreaterThan(0);
      if (can.stream === "edit") expect(can.edit.minIntervalMs).toBeGreaterThan(0);
    }
  });

  test("a member that is left out is nowhere offered, and one that is offered is there", async () => {
    await using on = await stand();
    const { account } = on;
    const can = [on.direct, on.group].map((conversation) => account.capabilities(conversation));
    const offered = (look: (one: (typeof can)[number]) => boolean) => can.some(look);
    expect(offered(({ edit }) => edit.level !== "no")).toBe(account.edit !== undefined);
    expect(offered(({ remove }) => remove.level !== "no")).toBe(account.remove !== undefined);
    expect(offered(({ reaction }) => reaction.level !== "no")).toBe(account.react !== undefined);
    expect(offered(({ typing }) => typing.level !== "no")).toBe(account.typing !== undefined);
    if (offered(({ stream }) => stream === "draft")) expect(account.draft).toBeFunction();
    if (offered(({ idempotentSend }) => idempotentSend === "by-lookup"))
      expect(account.lookup).toBeFunction();
  });
}

function targets(stand: () => Promise<Stand>): void {
  test("what people write becomes exact", async () => {
    await using on = await stand();
    for (const [text, ref] of on.targets.good)
      expect([text, await on.account.resolve(text)]).toEqual([text, ref]);
  });

  test("what means nothing is refused in a sentence", async () => {
    await using on = await stand();
    for (const text of on.targets.bad) {
      const refused = on.account.resolve(text);
      await expect(refused).rejects.toMatchObject({ name: "GatewayError", code: "INVALID_REQUEST" });
    }
  });
}

function measures(stand: () => Promise<Stand>): void {
  test("the length is that of what people see, whatever the formatting", async () => {
    await using on = await stand();
    for (const document of samples()) {
      const seen = on.visible(document);
      const { unit } = on.account.capabilities(on.direct).text;
      const length =
        unit === "utf16" ? seen.length : unit === "bytes" ? Buffer.byteLength(seen) : [...seen].length;
      expect([seen, on.account.measure(document)]).toEqual([seen, length]);
    }
  });

  test("every document arrives as a message that shows it", async () => {
    await using on = await stand();
    for (const [index, document] of samples().entries()) {
      const outcome = await on.account.send({ is: "text", document }, context(on, `k${index}`));
      expect(outcome).toMatchObject({ is: "sent" });
      expect(on.shown(on.direct).at(-1)).toBe(on.visible(document));
    }
  });
}

function logins(stand: () => Promise<Stand>): void {
  test("the steps end in settings under which the account connects", async () => {
    await using on = await stand();
    const { flow, answers, act } = on.login;
    expect(on.channel.logins.map(({ id }) => id)).toContain(flow);
    const steps = on.channel.login(flow, on.host, new AbortController().signal);
    let result: LoginResult | null = null;
    let answer = "";
    const asked: string[] = [];
    while (result === null) {
      const step = await steps.next(answer);
      answer = "";
      if (step.done) result = step.value;
      else if ("ask" in step.value) {
        asked.push(step.value.ask);
        answer = answers[step.value.ask] ?? "";
      } else if ("show" in step.value && step.value.show === "code") act(step.value.code);
    }
    expect(asked).toEqual(Object.keys(answers));
    expect(result.as).not.toBe("");
    expect(Object.keys(result.settings).length).toBeGreaterThan(0);
    if (on.channel.identity) expect(on.channel.identity(result.settings)).not.toBe("");
  });

  test("a login that is given up ends", async () => {
    await using on = await stand();
    const giveUp = new AbortController();
    const steps = on.channel.login(on.login.flow, on.host, giveUp.signal);
    await steps.next("");
    giveUp.abort();
    await expect(steps.next("anything")).rejects.toMatchObject({ name: "AbortError" });
  });

  test("a login that the platform refuses is said once, and not tried again by itself", async () => {
    await using on = await stand();
    const { host, account } = on.stranger();
    await using running = run(account, host);
    const { reason } = await host.untilState("needs login");
    expect(reason).not.toBe("");
    const connects = on.connects();
    host.clock.pass(24 * 3_600_000);
    await running.turn();
    expect(on.connects()).toBe(connects);
    expect(host.states.map(({ is }) => is)).toEqual(["connecting", "needs login"]);
  });

  test("a look at it says who it is, and what is wrong with a bad one", async () => {
    await using on = await stand();
    const { signal } = new AbortController();
    const good = await on.account.probe(signal);
    expect(good).toMatchObject({ ok: true });
    expect(good.as?.id).not.toBe("");
    const bad = await on.stranger().account.probe(signal);
    expect(bad.ok).toBe(false);
    expect(bad.findings.join()).not.toBe("");
  });
}

function receives(stand: () => Promise<Stand>): void {
  test("what was written while nothing ran is there after the start, once, in its order", async () => {
    await using on = await stand();
    const ids = ["one", "two", "three"].map((text) => on.write(text));
    await using _ = run(on.account, on.host);
    await on.host.until(() => on.host.events.length >= 3);
    expect(on.host.events.map((event) => event.id)).toEqual(ids);
  });

  test("what could not be kept comes again", async () => {
    await using on = await stand();
    on.host.onReceive = () => {
      on.host.onReceive = null;
      throw new Error("disk full");
    };
    await using _ = run(on.account, on.host);
    await on.host.untilState("connected");
    const id = on.write("precious");
    const { until } = await on.host.untilState("waiting");
    on.host.clock.pass(until - on.host.clock.now());
    await on.host.until(() => on.host.events.length > 0);
    expect(on.host.events.map((event) => event.id)).toEqual([id]);
  });

  test("what was kept does not come again after a restart", async () => {
    await using on = await stand();
    const first = run(on.account, on.host);
    on.write("before");
    await on.host.until(() => on.host.events.length === 1);
    await first[Symbol.asyncDispose]();
    const id = on.write("after");
    const { host, account } = on.restarted();
    await using _ = run(account, host);
    await host.until(() => host.events.length > 0);
    expect(host.events.map((event) => event.id)).toEqual([id]);
  });

  test("a conflict with another program is a state with an end, and then it goes on", async () => {
    await using on = await stand();
    await using _ = run(on.account, on.host);
    await on.host.untilState("connected");
    on.weather("listen", "conflict");
    on.write("wakes the one that listens");
    const { error, until } = await on.host.untilState("waiting");
    expect(error).toMatchObject({ kind: "conflict" });
    expect(error.hint).toBeString();
    on.host.clock.pass(until - on.host.clock.now());
    await on.host.untilState("connected");
  });

  test("a page instead of an answer, a broken connection, a plea for time: waited out", async () => {
    for (const weather of ["page", "cut", "slow-down"] as const) {
      await using on = await stand();
      on.weather("listen", weather);
      await using _ = run(on.account, on.host);
      const { until, error } = await on.host.untilState("waiting");
      expect(error.kind).toBe(weather === "slow-down" ? "rate" : "network");
      if (weather === "slow-down") expect(until - on.host.clock.now()).toBeGreaterThanOrEqual(7000);
      on.host.clock.pass(until - on.host.clock.now());
      await on.host.untilState("connected");
    }
  });

  test("a link that goes dead is noticed within a minute, and what was written meanwhile arrives", async () => {
    await using on = await stand();
    await using _ = run(on.account, on.host);
    await on.host.untilState("connected");
    on.pause();
    const ids = ["one", "two", "three"].map((text) => on.write(text));
    on.host.clock.pass(55_000);
    const { until } = await on.host.untilState("waiting");
    on.resume();
    on.host.clock.pass(until - on.host.clock.now());
    await on.host.until(() => on.host.events.length >= 3);
    expect(on.host.events.map((event) => event.id)).toEqual(ids);
    await on.host.untilState("connected");
  });

  test("sending proves nothing about hearing", async () => {
    await using on = await stand();
    await on.account.send(hello, context(on, "k1"));
    expect(on.host.alives).toBe(0);
  });

  test("it ends when it is told to, with nothing under way", async () => {
    await using on = await stand();
    const running = run(on.account, on.host);
    await on.host.untilState("connected");
    await running[Symbol.asyncDispose]();
    expect(on.host.clock.asleep).toBe(0);
    const states = on.host.states.length;
    on.write("nobody listens");
    await running.turn();
    expect([on.host.events, on.host.states.length]).toEqual([[], states]);
  });
}

function sends(stand: () => Promise<Stand>): void {
  test("an answer that is lost leaves one message, and is not called a failure", async () => {
    for (const weather of ["lost", "page"] as const) {
      await using on = await stand();
      on.weather("send", weather);
      const outcome = await on.account.send(hello, context(on, "k1"));
      const idempotent = on.account.capabilities(on.direct).idempotentSend;
      if (idempotent === "no") expect(outcome).toMatchObject({ is: "unknown", error: { kind: "network" } });
      else expect(outcome.is).not.toBe("rejected");
      expect(on.shown(on.direct)).toEqual(["hello"]);
    }
  });

  test("a connection that breaks is never sent over again by the account itself", async () => {
    await using on = await stand();
    on.weather("send", "cut");
    expect(await on.account.send(hello, context(on, "k1"))).toMatchObject({ is: "unknown" });
    expect(on.shown(on.direct)).toEqual([]);
  });

  test("a plea for time is a certain no that says until when", async () => {
    await using on = await stand();
    on.weather("send", "slow-down");
    const outcome = await on.account.send(hello, context(on, "k1"));
    expect(outcome).toMatchObject({
      is: "rejected",
      retry: true,
      error: { kind: "rate", retryAfterMs: 7000 },
    });
    on.host.clock.pass(7000);
    expect(await on.account.send(hello, context(on, "k1"))).toMatchObject({ is: "sent" });
    expect(on.shown(on.direct)).toEqual(["hello"]);
  });

  test("a refused login is a certain no", async () => {
    await using on = await stand();
    on.weather("send", "refused");
    const outcome = await on.account.send(hello, context(on, "k1"));
    expect(outcome).toMatchObject({ is: "rejected", error: { kind: "auth" } });
  });

  test("what is given up before it is sent is a certain no", async () => {
    await using on = await stand();
    const outcome = await on.account.send(hello, { ...context(on, "k1"), signal: AbortSignal.abort() });
    expect(outcome).toMatchObject({ is: "rejected", retry: true });
    expect(on.shown(on.direct)).toEqual([]);
  });

  test("a text above the limit is refused before anybody is asked", async () => {
    await using on = await stand();
    const { max } = on.account.capabilities(on.direct).text;
    const part = { is: "text", document: plainDocument("x".repeat(max + 1)) } as const;
    const outcome = await on.account.send(part, context(on, "k1"));
    expect(outcome).toMatchObject({ is: "rejected", retry: false, error: { kind: "too-large" } });
  });

  test("a text at the limit arrives whole", async () => {
    await using on = await stand();
    const { max } = on.account.capabilities(on.direct).text;
    const text = "&".repeat(max);
    const outcome = await on.account.send({ is: "text", document: plainDocument(text) }, context(on, "k1"));
    expect([outcome.is, on.shown(on.direct)]).toEqual(["sent", [text]]);
  });

  test("a message is edited, edited to the same, and deleted; twice is as good as once", async () => {
    await using on = await stand();
    const { account, direct } = on;
    const sent = await account.send(hello, context(on, "k1"));
    if (sent.is !== "sent") throw new Error("not sent");
    const { signal } = new AbortController();
    if (account.edit) {
      for (const _ of [1, 2]) {
        expect(await account.edit(sent.ref, plainDocument("changed"), signal)).toMatchObject({ is: "sent" });
      }
      expect(on.shown(direct)).toEqual(["changed"]);
    }
    if (account.remove) {
      for (const _ of [1, 2]) expect(await account.remove(sent.ref, signal)).toMatchObject({ is: "sent" });
      expect(on.shown(direct)).toEqual([]);
    }
  });
}

function context(on: Stand, key: string): SendContext {
  return { to: on.direct, key, signal: new AbortController().signal };
}

/** An account that runs until it is disposed of, which waits for its end. */
function run(account: Account, _host: TestHost<unknown>) {
  const stop = new AbortController();
  const ended = account.run(stop.signal);
  return {
    /** Lets everything happen that is due now. */
    turn: () => new Promise<void>((resolve) => setImmediate(resolve)),
    async [Symbol.asyncDispose]() {
      stop.abort();
      await ended;
    },
  };
}

function samples(): Document[] {
  const text = (value: string) => ({ is: "text", text: value }) as const;
  const paragraph = (value: string): Block => ({ is: "paragraph", children: [text(value)] });
  const nested: Block = {
    is: "list",
    ordered: true,
    start: 3,
    items: [
      { checked: null, blocks: [paragraph("three")] },
      {
        checked: true,
        blocks: [
          paragraph("four"),
          { is: "list", ordered: false, start: 1, items: [{ checked: false, blocks: [paragraph("inner")] }] },
        ],
      },
    ],
  };
  const styled: Block = {
    is: "paragraph",
    children: [
      { is: "strong", children: [text("bold & "), { is: "emphasis", children: [text("both")] }] },
      { is: "break" },
      { is: "strong", children: [{ is: "code", text: "a<b>" }] },
      { is: "link", href: "https://example.org/?a=1&b=2", children: [text("link")] },
      { is: "link", href: "javascript:alert(1)", children: [text(" no link")] },
      { is: "strike", children: [text("gone")] },
      { is: "spoiler", children: [text("secret")] },
    ],
  };
  const cells = (...values: string[]) => values.map((value) => [text(value)]);
  return [
    plainDocument('plain\nwith lines\n\nand 👩‍👩‍👧‍👦 emoji, <tags>, & "quotes"'),
    { blocks: [{ is: "heading", level: 2, children: [text("Title")] }, styled, nested] },
    { blocks: [{ is: "code", language: "c++", text: "if (a < b && c > d) {}\n" }, paragraph("after")] },
    {
      blocks: [
        { is: "quote", blocks: [paragraph("outer"), { is: "quote", blocks: [paragraph("inner")] }] },
        paragraph("end"),
      ],
    },
    { blocks: [{ is: "table", header: cells("a", "b"), rows: [cells("1", "2"), cells("longer", "漢字")] }] },
    {
      blocks: [
        { is: "table", header: cells("a", "b".repeat(60)), rows: [cells("1", "2")] },
        { is: "rule" },
        paragraph("x"),
      ],
    },
    plainDocument("  \ud800 lone surrogate and \u0007 bell  "),
  ];
}
