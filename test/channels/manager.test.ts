import { describe, expect, test } from "bun:test";
import type { InboundEvent } from "#src/channels/inbound.ts";
import { type AccountManager, createAccountManager } from "#src/channels/manager.ts";
import type { PolicyConfig } from "#src/channels/policy.ts";
import { accountsByChannel, channelProblems } from "#src/channels/report.ts";
import { createLog } from "#src/lib/log.ts";
import { type FakePlatform, fakePlatform } from "../fakes/fake-channel.ts";
import { createHandClock, type HandClock } from "../fakes/hand-clock.ts";

interface World extends AsyncDisposable {
  manager: AccountManager;
  clock: HandClock;
  contained: unknown[];
  received: unknown[][];
  env: Record<string, string>;
  secrets: Map<string, string>;
  set(channels: PolicyConfig["channels"]): Promise<void>;
  account(channel: string, accountId?: string): Record<string, unknown>;
}

function configOf(channels: PolicyConfig["channels"]): PolicyConfig {
  return {
    channels,
    messages: { queue: { mode: "collect", debounceMs: 1, cap: 1 }, ackReactionScope: "all" },
    agents: { defaults: {} },
    session: {},
  };
}

async function world(platforms: FakePlatform[], channels: PolicyConfig["channels"]): Promise<World> {
  const clock = createHandClock();
  let config = configOf(channels);
  const contained: unknown[] = [];
  const received: unknown[][] = [];
  const rows = new Map<string, string>();
  const secrets = new Map<string, string>();
  const env: Record<string, string> = {};
  const name = (...parts: string[]) => parts.join("/");
  const manager = createAccountManager({
    channels: platforms.map(({ listed }) => listed),
    config: () => config,
    env: () => env,
    data: {
      get: (channel, account, key) => rows.get(name(channel, account, key)) ?? null,
      async write(channel, account, key, value) {
        rows.set(name(channel, account, key), value);
      },
      async delete(channel, account, key) {
        rows.delete(name(channel, account, key));
      },
      async replace() {
        rows.clear();
      },
      hasAny: () => rows.size > 0,
    },
    receive: async (...all) => void received.push(all),
    readSecret: async (secret) => secrets.get(secret) ?? null,
    clock,
    log: createLog({ level: "silent", now: Date.now }),
    changed: () => {},
    contained: (error) => contained.push(error),
    drainMs: 5_000,
  });
  await manager.start();
  return {
    manager,
    clock,
    contained,
    received,
    env,
    secrets,
    set(next) {
      config = configOf(next);
      return manager.reconcile();
    },
    account(channel, accountId = "default") {
      const found = accountsByChannel(manager)
        .get(channel)
        ?.find((each) => each.accountId === accountId);
      if (found === undefined) throw new Error(`no account ${channel}/${accountId}`);
      return found;
    },
    async [Symbol.asyncDispose]() {
      const stopped = manager.stop();
      await clock.pass(10_000);
      await stopped;
    },
  };
}

test("no module is loaded before an account of its channel is enabled", async () => {
  const platform = fakePlatform();
  await using here = await world([platform], { fake: { enabled: false, token: "tok-right-1" } });
  expect(platform.loads).toBe(0);
  expect(here.account("fake")).toMatchObject({
    state: "off",
    enabled: false,
    running: false,
    connected: false,
  });
  await here.set({ fake: { token: "tok-right-1" } });
  await platform.line("tok-right-1");
  expect(platform.loads).toBe(1);
  expect(here.account("fake")).toMatchObject({
    state: "connected",
    as: "right_bot",
    connected: true,
    running: true,
  });
});

test("several accounts of a channel run side by side, and the first is meant where none is named", async () => {
  const platform = fakePlatform();
  const accounts = { work: { token: "tok-right-1" }, home: { token: "tok-right-2" } };
  await using here = await world([platform], {
    fake: { accounts, defaultAccount: "home", dmPolicy: "allowlist" },
  });
  await platform.line("tok-right-1");
  await platform.line("tok-right-2");
  expect(here.manager.all().map(({ accountId }) => accountId)).toEqual(["home", "work"]);
  expect(here.manager.find("fake")).toMatchObject({
    accountId: "home",
    state: { is: "connected", as: "second_bot" },
  });
  expect(here.manager.find("fake", "work")?.settings).toEqual({ token: "tok-right-1" });
  expect(here.manager.find("fake", "nobody")).toBeNull();
  expect(here.manager.policy("fake", "work").dmPolicy).toBe("allowlist");
});

test("a change opens only the account that it concerns anew, and a change of a policy none", async () => {
  const platform = fakePlatform();
  const both = { work: { token: "tok-right-1" }, home: { token: "tok-right-2" } };
  await using here = await world([platform], { fake: { accounts: both } });
  await platform.line("tok-right-2");
  await here.set({
    fake: { accounts: { ...both, work: { ...both.work, dmPolicy: "open", allowFrom: ["*"] } } },
  });
  expect(platform.runs).toEqual(["tok-right-1", "tok-right-2"]);
  expect(here.manager.policy("fake", "work")).toMatchObject({ dmPolicy: "open", allowFrom: ["*"] });
  await here.set({ fake: { accounts: { ...both, work: { ...both.work, apiRoot: "http://elsewhere" } } } });
  expect((await platform.line("tok-right-1")).settings).toEqual({
    token: "tok-right-1",
    apiRoot: "http://elsewhere",
  });
  expect(platform.runs).toEqual(["tok-right-1", "tok-right-2", "tok-right-1"]);
  expect(platform.overlaps).toBe(0);
  await here.set({ fake: { accounts: { home: both.home } } });
  expect([...platform.lines.keys()]).toEqual(["tok-right-2"]);
});

describe("a channel that fails", () => {
  test("is started again after ever longer pauses, and the others do not notice", async () => {
    const bad = fakePlatform({ id: "bad" });
    const good = fakePlatform({ id: "good" });
    const token = "tok-right-1";
    await using here = await world([bad, good], { bad: { token }, good: { token } });
    await good.line(token);
    for (const attempt of [1, 2, 3]) {
      (await bad.line(token)).crash(new Error("a bug"));
      await here.clock.sleeper();
      expect(here.account("bad")).toMatchObject({
        state: "waiting",
        connected: false,
        reconnectAttempts: attempt,
        failures: attempt,
        lastError: "a bug",
      });
      const pause = Number(here.account("bad").waitingUntil) - here.clock.now();
      expect(pause).toBeGreaterThanOrEqual(750 * 2 ** (attempt - 1));
      expect(pause).toBeLessThanOrEqual(1_000 * 2 ** (attempt - 1));
      await here.clock.pass(pause);
    }
    await bad.line(token);
    expect(here.account("bad")).toMatchObject({ state: "connected", lastError: null, failures: 3 });
    expect(here.contained).toHaveLength(3);
    expect(good.runs).toEqual([token]);
  });

  test("by its module is tried again too, until it can be loaded", async () => {
    const platform = fakePlatform();
    platform.broken = true;
    await using here = await world([platform], { fake: { token: "tok-right-1" } });
    await here.clock.sleeper();
    expect(here.account("fake")).toMatchObject({ state: "waiting", lastError: "the module is broken" });
    platform.broken = false;
    await here.clock.pass(1_000);
    await platform.line("tok-right-1");
    expect(here.account("fake")).toMatchObject({ state: "connected", connected: true });
  });

  test("to end when told to is left behind, and heard no more", async () => {
    const platform = fakePlatform();
    platform.stubborn = true;
    await using here = await world([platform], { fake: { token: "tok-right-1" } });
    const line = await platform.line("tok-right-1");
    const gone = here.set({});
    await here.clock.sleeper();
    await here.clock.pass(5_000);
    await gone;
    expect(here.manager.all()).toEqual([]);
    expect(line.receive([])).rejects.toThrow("closed");
    expect(here.received).toEqual([]);
  });
});

test("what must be done by the owner is not tried again by itself, and says what", async () => {
  const platform = fakePlatform();
  await using here = await world([platform], { fake: { token: "tok-wrong" } });
  await platform.line("tok-wrong");
  expect(here.account("fake")).toMatchObject({
    state: "blocked",
    running: false,
    lastError: "the token is not known",
  });
  expect(channelProblems(here.manager)).toEqual([
    { id: "channels.fake.default", message: "Fake default: the token is not known; make another" },
  ]);
  await here.set({ fake: { dmPolicy: "pairing" } });
  expect(here.account("fake")).toMatchObject({
    state: "needs login",
    tokenSource: "none",
    configured: false,
  });
  expect(platform.loads).toBe(1);
});

test("two accounts that are one login: the second is refused, until the first is gone", async () => {
  const platform = fakePlatform();
  const twice = { a: { token: "tok-right-1" }, b: { token: "tok-right-1" } };
  await using here = await world([platform], { fake: { accounts: twice } });
  await platform.line("tok-right-1");
  expect(here.account("fake", "b")).toMatchObject({
    state: "blocked",
    lastError: "it is the same login as account a",
  });
  await here.set({ fake: { accounts: { b: twice.b } } });
  expect(here.account("fake", "b")).toMatchObject({ state: "connected" });
  expect(platform.overlaps).toBe(0);
});

test("a login that moves from one account to another is never open twice", async () => {
  const platform = fakePlatform();
  await using here = await world([platform], { fake: { accounts: { a: { token: "tok-right-1" } } } });
  await platform.line("tok-right-1");
  await here.set({ fake: { accounts: { b: { token: "tok-right-1" } } } });
  await platform.line("tok-right-1");
  expect(here.account("fake", "b")).toMatchObject({ state: "connected" });
  expect(platform.overlaps).toBe(0);
});

test("connected counts only while the platform proves it", async () => {
  const platform = fakePlatform();
  await using here = await world([platform], {
    fake: { token: "tok-right-1" },
    defaults: { silentMs: 60_000 },
  });
  const line = await platform.line("tok-right-1");
  await here.clock.pass(60_000);
  expect(here.account("fake")).toMatchObject({ state: "connected", connected: true });
  await here.clock.pass(1);
  expect(here.account("fake")).toMatchObject({ state: "silent", connected: false, running: true });
  line.alive();
  expect(here.account("fake")).toMatchObject({
    state: "connected",
    connected: true,
    lastAliveAt: here.clock.now(),
  });
});

test("secrets are put in the place of their references; one that is missing is named", async () => {
  const platform = fakePlatform();
  // biome-ignore lint/suspicious/noTemplateCurlyInString: the config's own references look like this
  await using here = await world([platform], { fake: { token: "${secret:fake.default.token}" } });
  expect(here.account("fake")).toMatchObject({
    state: "needs login",
    lastError: "the secret fake.default.token cannot be read",
  });
  here.secrets.set("fake.default.token", "tok-right-1");
  await here.manager.reconcile();
  expect((await platform.line("tok-right-1")).settings).toEqual({ token: "tok-right-1" });
});

test("the environment's token is the default account's, where the config has the channel and no token", async () => {
  const platform = fakePlatform();
  await using here = await world([platform], {});
  here.env.FAKE_TOKEN = "tok-right-2";
  await here.manager.reconcile();
  expect(platform.loads).toBe(0);
  await here.set({ fake: {} });
  await platform.line("tok-right-2");
  expect(here.account("fake")).toMatchObject({ tokenSource: "env", state: "connected" });
});

test("what comes in is handed on with its cursor, and noted", async () => {
  const platform = fakePlatform();
  await using here = await world([platform], { fake: { token: "tok-right-1" } });
  const line = await platform.line("tok-right-1");
  const event: InboundEvent = {
    type: "delete",
    id: "1",
    conversation: { kind: "direct", id: "9" },
    sender: { id: "9", isBot: false },
    at: 5,
  };
  await line.receive([event], { key: "offset", value: "12" });
  expect(here.received).toEqual([["fake", "default", [event], { key: "offset", value: "12" }]]);
  expect(here.account("fake")).toMatchObject({ lastInboundAt: here.clock.now(), lastOutboundAt: null });
  const open = here.manager.find("fake");
  await open?.account.send(
    { is: "text", document: { blocks: [] } },
    { to: { kind: "direct", id: "9" }, key: "k", signal: new AbortController().signal },
  );
  expect(here.account("fake")).toMatchObject({ lastOutboundAt: here.clock.now() });
});

test("a look asks the platform now", async () => {
  const platform = fakePlatform();
  await using here = await world([platform], { fake: { token: "tok-right-1" } });
  await platform.line("tok-right-1");
  expect(here.account("fake")).toMatchObject({ lastProbeAt: null });
  await here.manager.probe(new AbortController().signal);
  expect(here.account("fake")).toMatchObject({
    lastProbeAt: here.clock.now(),
    probe: { ok: true, error: null, bot: { username: "right_bot" } },
  });
});
