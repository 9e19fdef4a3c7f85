import { describe, expect, test } from "bun:test";
import { existsSync, readFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Result } from "#protocol";
import type { InboundEvent } from "#src/channels/inbound.ts";
import type { GatewayClient } from "#src/client/client.ts";
import { readLocalKey } from "#src/config/local-key.ts";
import { type FakePlatform, fakePlatform } from "../fakes/fake-channel.ts";
import { startTelegram } from "../fakes/telegram.ts";
import { type House, type HouseOptions, startHouse } from "./start-house.ts";

const token = "tok-right-1";

async function house(platform: FakePlatform, more: HouseOptions = {}): Promise<House> {
  return startHouse({ channels: [platform.listed], ...more });
}

/** Connects with the key of this machine's user, which may do everything. */
function owner({ stateDir, connect }: House): Promise<GatewayClient> {
  return connect({ auth: { token: readLocalKey(stateDir) ?? "" } });
}

function configOf({ stateDir }: House): Record<string, unknown> | null {
  const path = join(stateDir, "moltbot.json");
  return existsSync(path) ? JSON.parse(readFileSync(path, "utf8")) : null;
}

async function accountsOf(
  client: GatewayClient,
): Promise<Result<"channels.status">["channelAccounts"][string]> {
  return (await client.call("channels.status", {})).channelAccounts.fake ?? [];
}

async function becomes(client: GatewayClient, state: string, accountId = "default"): Promise<void> {
  const giveUp = performance.now() + 5_000;
  for (;;) {
    const account = (await accountsOf(client)).find((each) => each.accountId === accountId);
    if (account?.state === state) return;
    if (performance.now() > giveUp) throw new Error(`never ${state}: ${JSON.stringify(account)}`);
    await Bun.sleep(5);
  }
}

describe("channels.add", () => {
  test("looks first, writes the config, keeps the token apart, and the account works at once", async () => {
    const platform = fakePlatform();
    await using here = await house(platform);
    await using client = await owner(here);
    expect((await client.call("channels.status", {})).channels).toEqual({
      fake: {
        ...{ configured: false, tokenSource: "none", running: false, connected: false, mode: null },
        ...{ lastStartAt: null, lastStopAt: null, lastError: null, lastProbeAt: null },
      },
    });
    const added = await client.call("channels.add", { channel: "fake", token: ` ${token}\n` });
    expect(added).toEqual({
      channel: "fake",
      accountId: "default",
      as: "right_bot",
      findings: [],
      keyIn: "file",
      applied: true,
    });
    expect(configOf(here)).toEqual({
      // biome-ignore lint/suspicious/noTemplateCurlyInString: the config's own references look like this
      channels: { fake: { enabled: true, token: "${secret:fake.default.token}" } },
    });
    const kept = join(here.stateDir, "secrets", "fake.default.token");
    expect(readFileSync(kept, "utf8")).toBe(`${token}\n`);
    await platform.line(token);
    await becomes(client, "connected");
    const status = await client.call("channels.status", { probe: true });
    expect(status.channelAccounts.fake).toMatchObject([
      { accountId: "default", as: "right_bot", probe: { ok: true, bot: { username: "right_bot" } } },
    ]);
    expect(status.channels.fake).toMatchObject({ connected: true, tokenSource: "config" });
    expect(await client.call("channels.list")).toEqual({
      channels: [{ id: "fake", label: "Fake", credential: "token", accounts: ["default"] }],
    });
  });

  test("what the platform refuses changes nothing", async () => {
    const platform = fakePlatform();
    await using here = await house(platform);
    await using client = await owner(here);
    for (const [params, says] of [
      [{ channel: "fake", token: "tok-wrong" }, "Fake does not take it: the token is not known"],
      [{ channel: "fake", token: "tok wrong" }, "the token is empty or has blanks in it; copy it again"],
      [{ channel: "fake" }, "fake needs a token; give it as token"],
      [{ channel: "nope", token }, "unknown channel: nope; this gateway has fake"],
      [{ channel: "fake", token, accountId: "../x" }, "is no account id"],
    ] as const) {
      await expect(client.call("channels.add", params)).rejects.toThrow(says);
    }
    expect(configOf(here)).toBeNull();
    expect(existsSync(join(here.stateDir, "secrets"))).toBe(false);
    expect(platform.runs).toEqual([]);
  });

  test("a second account has a name, and may not be the first again", async () => {
    const platform = fakePlatform();
    await using here = await house(platform, { config: { channels: { fake: { token } } } });
    await using client = await owner(here);
    const again = client.call("channels.add", { channel: "fake", accountId: "work", token });
    await expect(again).rejects.toThrow("account default of fake is this login already");
    await client.call("channels.add", { channel: "fake", accountId: "work", token: "tok-right-2" });
    await becomes(client, "connected", "work");
    expect((await accountsOf(client)).map(({ accountId }) => accountId)).toEqual(["default", "work"]);
    expect(platform.runs).toEqual([token, "tok-right-2"]);
  });

  test("another token for an account opens it anew with that", async () => {
    const platform = fakePlatform();
    await using here = await house(platform);
    await using client = await owner(here);
    await client.call("channels.add", { channel: "fake", token });
    await platform.line(token);
    await client.call("channels.add", { channel: "fake", token: "tok-right-2" });
    await platform.line("tok-right-2");
    expect([...platform.lines.keys()]).toEqual(["tok-right-2"]);
  });
});

test("the file's change alone opens and closes accounts, and its comments are nobody's business", async () => {
  const platform = fakePlatform();
  await using here = await house(platform, { config: { gateway: { reload: { mode: "hybrid" } } } });
  await using client = await owner(here);
  await Bun.write(
    join(here.stateDir, "moltbot.json"),
    `{ // mine\n channels: { fake: { token: '${token}', accounts: { b: { enabled: false } } } } }`,
  );
  here.gateway.reload();
  await becomes(client, "connected");
  expect(await accountsOf(client)).toMatchObject([
    { accountId: "default" },
    { accountId: "b", state: "off" },
  ]);
  await client.call("channels.remove", { channel: "fake", accountId: "b" });
  expect(readFileSync(join(here.stateDir, "moltbot.json"), "utf8")).toContain("// mine");
  expect(platform.runs).toEqual([token]);
  await client.call("channels.remove", { channel: "fake" });
  expect(await accountsOf(client)).toEqual([]);
  expect(platform.lines.size).toBe(0);
});

test("remove takes secrets and data along; logout keeps the account", async () => {
  const platform = fakePlatform();
  await using here = await house(platform);
  await using client = await owner(here);
  await client.call("channels.add", { channel: "fake", token, settings: { dmPolicy: "allowlist" } });
  const line = await platform.line(token);
  await line.host.store.set("offset", "7");
  expect(line.host.store.get("offset")).toBe("7");
  expect(await client.call("channels.logout", { channel: "fake" })).toEqual({
    channel: "fake",
    accountId: "default",
    cleared: true,
    loggedOut: true,
    envToken: false,
  });
  expect(platform.loggedOut).toEqual(["default"]);
  expect(configOf(here)).toEqual({ channels: { fake: { enabled: true, dmPolicy: "allowlist" } } });
  expect(existsSync(join(here.stateDir, "secrets", "fake.default.token"))).toBe(false);
  expect(line.host.store.get("offset")).toBeNull();
  await becomes(client, "needs login");
  expect((await client.call("health", { probe: true })).problems).toContainEqual({
    id: "channels.fake.default",
    message: "Fake default: it has no token; log in: moltbot channels login fake --account default",
    zh: "Fake default: 缺少 token；请登录：moltbot channels login fake --account default",
  });
  expect(await client.call("channels.remove", { channel: "fake" })).toMatchObject({ removed: true });
  expect(configOf(here)).toEqual({ channels: {} });
  await expect(client.call("channels.remove", { channel: "fake" })).rejects.toThrow(
    "fake has no account default",
  );
  await expect(client.call("channels.logout", { channel: "x" })).rejects.toThrow(
    "invalid channels.logout channel",
  );
});

describe("a login", () => {
  test("goes by steps: a wrong answer is told of, the right one is kept, and the account works", async () => {
    const platform = fakePlatform();
    await using here = await house(platform, { config: { channels: { fake: { allowFrom: [7] } } } });
    await using client = await owner(here);
    const first = await client.call("channels.login.start", { channel: "fake" });
    const { loginId } = first;
    expect(first).toMatchObject({
      accountId: "default",
      flow: "token",
      flows: [{ id: "token", label: "paste a token" }],
      step: { kind: "ask", ask: "token", label: "Token", secret: true, hint: "from the fake father" },
      pending: false,
    });
    await expect(client.call("channels.login.continue", { loginId })).rejects.toThrow("asks for an answer");
    const told = await client.call("channels.login.continue", { loginId, answer: "tok-wrong" });
    expect(told.step).toEqual({ kind: "tell", text: "that is no token of this platform" });
    const asked = await client.call("channels.login.continue", { loginId });
    expect(asked.step.kind).toBe("ask");
    const done = await client.call("channels.login.continue", { loginId, answer: token });
    expect(done.step).toEqual({
      kind: "done",
      as: "right_bot",
      next: "press Start",
      keyIn: "file",
      applied: true,
    });
    await becomes(client, "connected");
    expect(configOf(here)).toEqual({
      channels: {
        // biome-ignore lint/suspicious/noTemplateCurlyInString: the config's own references look like this
        fake: { allowFrom: [7, "42"], enabled: true, token: "${secret:fake.default.token}" },
      },
    });
    await expect(client.call("channels.login.continue", { loginId })).rejects.toThrow("no such login");
  });

  test("by QR code waits for the phone; what it kept is there when the account opens", async () => {
    const platform = fakePlatform({ byToken: false });
    await using here = await house(platform, { config: { channels: { fake: {} } } });
    await using client = await owner(here);
    await becomes(client, "needs login");
    const { loginId, step } = await client.call("channels.login.start", { channel: "fake" });
    expect(step).toMatchObject({ kind: "qr", payload: "fake:1" });
    // The account rests while somebody logs in.
    expect(platform.lines.size).toBe(0);
    const still = await client.call("channels.login.continue", { loginId, timeoutMs: 1 });
    expect(still).toMatchObject({ step: { kind: "qr" }, pending: true });
    const next = client.call("channels.login.continue", { loginId });
    platform.scan();
    expect((await next).step).toEqual({ kind: "wait", text: "the phone is being linked" });
    const done = await client.call("channels.login.continue", { loginId });
    expect(done.step).toMatchObject({ kind: "done", as: "+1555", keyIn: null });
    await becomes(client, "connected");
    expect(await accountsOf(client)).toMatchObject([{ linked: true, connected: true }]);
  });

  test("that is given up leaves nothing, and the account goes on as before", async () => {
    const platform = fakePlatform();
    await using here = await house(platform, { config: { channels: { fake: { token } } } });
    await using client = await owner(here);
    await becomes(client, "connected");
    const before = configOf(here);
    const { loginId } = await client.call("channels.login.start", { channel: "fake" });
    expect(platform.lines.size).toBe(0);
    {
      await using other = await owner(here);
      const theirs = other.call("channels.login.continue", { loginId, answer: token });
      await expect(theirs).rejects.toThrow("no such login");
      const second = other.call("channels.login.start", { channel: "fake" });
      await expect(second).rejects.toThrow("somebody else is logging fake default in just now");
    }
    expect(await client.call("channels.login.cancel", { loginId })).toEqual({ cancelled: true });
    expect(await client.call("channels.login.cancel", { loginId })).toEqual({ cancelled: false });
    await becomes(client, "connected");
    expect(configOf(here)).toEqual(before);
  });

  test("ends with its connection", async () => {
    const platform = fakePlatform();
    await using here = await house(platform, { config: { channels: { fake: { token } } } });
    await using watcher = await owner(here);
    await becomes(watcher, "connected");
    {
      await using client = await owner(here);
      await client.call("channels.login.start", { channel: "fake" });
      await becomes(watcher, "stopped");
    }
    await becomes(watcher, "connected");
    const mine = await watcher.call("channels.login.start", { channel: "fake" });
    expect(mine.step.kind).toBe("ask");
  });
});

test("health says by the last proof how each account is", async () => {
  const platform = fakePlatform();
  await using here = await house(platform, {
    config: { channels: { fake: { token }, defaults: { silentMs: 1 } } },
  });
  await using client = await owner(here);
  await platform.line(token);
  await becomes(client, "silent");
  const health = await client.call("health", { probe: true });
  expect(health.channelOrder).toEqual(["fake"]);
  expect(health.channelLabels).toEqual({ fake: "Fake" });
  expect(health.channels.fake).toMatchObject({
    accountId: "default",
    configured: true,
    running: true,
    connected: false,
    accounts: { default: { state: "silent" } },
  });
  expect((await client.call("status")).channelSummary).toEqual(["Fake default: silent as right_bot"]);
});

test("everybody hears at once that an account is in another state, and not that somebody looked", async () => {
  const platform = fakePlatform();
  await using here = await house(platform, { config: { channels: { fake: { token } } } });
  const line = await platform.line(token);
  await using client = await owner(here);
  await becomes(client, "connected");
  const told: unknown[] = [];
  const blocked = Promise.withResolvers<void>();
  client.events("health", ({ channels }) => {
    told.push(channels.fake?.state);
    if (channels.fake?.state === "blocked") blocked.resolve();
  });
  await client.call("channels.status", { probe: true });
  line.state({ is: "blocked", error: { kind: "auth", message: "the token was revoked" } });
  await blocked.promise;
  line.state({ is: "connecting" });
  line.state({ is: "connected", as: "right_bot" });
  await becomes(client, "connected");
  await client.call("channels.status", { probe: true });
  while (told.at(-1) !== "connected") await client.call("health");
  expect(told.slice(told.indexOf("blocked"))).toEqual(["blocked", "connected"]);
});

test("what accounts receive goes to the inbox with its account and cursor", async () => {
  const platform = fakePlatform();
  const received: unknown[] = [];
  await using here = await house(platform, {
    config: { channels: { fake: { token } } },
    receive: async (...all) => void received.push(all),
  });
  const event: InboundEvent = {
    type: "delete",
    id: "1",
    conversation: { kind: "direct", id: "9" },
    sender: { id: "9", isBot: false },
    at: 5,
  };
  await (await platform.line(token)).receive([event], { key: "offset", value: "12" });
  expect(received).toEqual([["fake", "default", [event], { key: "offset", value: "12" }]]);
  await using client = await owner(here);
  expect((await accountsOf(client))[0]?.lastInboundAt).toBeGreaterThan(0);
});

test("with the control plane only no account is opened, and the config can be changed", async () => {
  const platform = fakePlatform();
  await using here = await house(platform, {
    config: { channels: { fake: { token } } },
    controlPlaneOnly: true,
  });
  await using client = await owner(here);
  expect(await accountsOf(client)).toMatchObject([{ state: "stopped", running: false }]);
  const added = await client.call("channels.add", { channel: "fake", accountId: "b", token: "tok-right-2" });
  expect(added).toMatchObject({ as: "second_bot", applied: false });
  expect(platform.runs).toEqual([]);
});

test("accounts end with the gateway, and are there again after a restart with what they kept", async () => {
  const stateDir = await mkdtemp(join(tmpdir(), "moltbot-accounts-"));
  try {
    const platform = fakePlatform();
    const config = { channels: { fake: { token } } };
    const first = await house(platform, { stateDir, config });
    await (await platform.line(token)).host.store.set("offset", "7");
    await first.stop();
    expect(platform.lines.size).toBe(0);
    const second = await house(platform, { stateDir, config });
    expect((await platform.line(token)).host.store.get("offset")).toBe("7");
    await second.stop();
  } finally {
    await rm(stateDir, { recursive: true, force: true });
  }
});

test("who may not administer cannot add, remove, log in or log out", async () => {
  const platform = fakePlatform();
  await using here = await house(platform, { config: { channels: { fake: { token } } } });
  await using client = await here.connect({ scopes: ["operator.read", "operator.write"] });
  for (const method of [
    "channels.add",
    "channels.remove",
    "channels.logout",
    "channels.login.start",
  ] as const) {
    await expect(client.call(method, { channel: "fake" })).rejects.toThrow("missing scope");
  }
});

test("what is wrong with an account is said in the reader's language", async () => {
  await using telegram = await startTelegram();
  const account = { botToken: "99:nobody-knows-it", apiRoot: telegram.url };
  await using here = await startHouse({ config: { channels: { telegram: account } } });
  const stateOf = async (locale: string) => {
    await using client = await here.connect({ locale });
    const { channelAccounts } = await client.call("channels.status", {});
    return channelAccounts.telegram?.[0];
  };
  const giveUp = performance.now() + 5_000;
  while ((await stateOf("en"))?.state !== "needs login" && performance.now() < giveUp) await Bun.sleep(5);
  expect(await stateOf("en-GB")).toMatchObject({
    lastError: expect.stringContaining("Telegram does not know this bot token; get the token"),
  });
  expect(await stateOf("zh-CN")).toMatchObject({
    lastError: "Telegram 不认识此机器人令牌；请从 @BotFather 重新获取令牌",
    hint: "请登录：moltbot channels login telegram --account default",
  });
  await using client = await here.connect();
  const { problems } = await client.call("health", { probe: true });
  expect(problems?.find(({ id }) => id === "channels.telegram.default")?.zh).toStartWith(
    "Telegram default: Telegram 不认识此机器人令牌；",
  );
});
