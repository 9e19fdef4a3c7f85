/** What `status` and `health` tell of a gateway, and what to do next. */
import { afterEach, beforeEach, expect, test } from "bun:test";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { HealthSummary, StatusSummary } from "#protocol/domains/health.ts";
import { type Home, openHome } from "./run-moltbot.ts";
import { health, type ScriptedGateway, scriptedGateway } from "./scripted-gateway.ts";

let home: Home;
beforeEach(() => {
  home = openHome();
});
afterEach(() => home[Symbol.dispose]());

const chinese = { env: { LANG: "zh_CN.UTF-8" } };
const queues = {
  turns: { running: 1, waiting: 2 },
  commitsWaiting: 0,
  outbox: { queued: 3, unknown: 1 },
  inbound: { open: 4, held: 5 },
};

function answering(changes: Partial<HealthSummary>, status: Partial<StatusSummary> = {}): ScriptedGateway {
  const summary = {
    heartbeat: { defaultAgentId: "main", agents: [] },
    channelSummary: [],
    queuedSystemEvents: [],
    sessions: {
      ...{ paths: [], count: 0, recent: [], byAgent: [] },
      defaults: { model: null, contextTokens: null },
    },
    ...status,
  };
  return scriptedGateway({
    methods: {
      health: ({ id }, peer) => peer.answer(id, health({ model: "a/b", ...changes })),
      status: ({ id }, peer) => peer.answer(id, summary),
      "pairing.list": ({ id }, peer) => peer.answer(id, { requests: [], approved: [] }),
    },
  });
}

test("messages of which nobody knows are shown with the command that settles them", async () => {
  const problems = [{ id: "outbox", message: "1 message may or may not have arrived" }];
  using gateway = answering({ problems, queues });
  const shown = await home.run(["status", "--url", gateway.url]);
  expect(shown.out).toContain("1 message may or may not have arrived");
  expect(shown.out).toMatch(/todo +send it again or forget it: {2}moltbot outbox list/);
  expect(shown.out).not.toContain("moltbot doctor");
  expect((await home.run(["status", "--url", gateway.url], chinese)).out).toContain("重新发送或忘记");
});

test("health tells how deep the queues are", async () => {
  using gateway = answering({ queues });
  const { out } = await home.run(["health", "--url", gateway.url]);
  expect(out).toContain(
    "queues: turns 1 running, 2 waiting · commits 0 waiting · outbox 3 queued, 1 unknown · inbound 4 open, 5 held",
  );
});

test("a gateway that is published in its tailnet is shown with its address there", async () => {
  using gateway = answering({}, { tailnetUrl: "https://host.tail-1.ts.net/" });
  const { out } = await home.run(["status", "--url", gateway.url]);
  expect(out).toMatch(/tailnet +https:\/\/host\.tail-1\.ts\.net\//);
});

test("where no gateway runs since its config is broken, that is said, with the line", async () => {
  mkdirSync(home.stateDir, { mode: 0o700 });
  writeFileSync(join(home.stateDir, "moltbot.json"), "{\n  gateway: { port: 1,\n", { mode: 0o600 });
  const { code, err } = await home.run(["status"]);
  expect(code).toBe(4);
  expect(err).toContain("no gateway is running at");
  expect(err).toMatch(/with this config none starts: .*moltbot\.json:3:1/);
  expect(err).toContain("moltbot config validate");
  expect(err).not.toContain("start it");
  expect((await home.run(["status"], chinese)).err).toContain("用此配置无法启动网关");
  writeFileSync(join(home.stateDir, "moltbot.json"), "{ gateway: { port: 'x' } }", { mode: 0o600 });
  expect((await home.run(["status"])).err).toMatch(/with this config none starts: .*gateway\.port/);
});

test.skipIf(process.platform !== "linux")("a service that is installed is what is started", async () => {
  const units = join(home.path, ".config/systemd/user");
  mkdirSync(units, { recursive: true });
  writeFileSync(join(units, "moltbot-gateway-work.service"), "[Service]\n");
  expect((await home.run(["status", "--profile", "work"])).err).toContain(
    "start it: moltbot service start --profile work",
  );
  expect((await home.run(["status"])).err).toContain("start it: moltbot gateway\n");
});
