/** What a Chinese terminal reads of errors that other rooms found the words for. */
import { expect, test } from "bun:test";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { startHouse } from "../wire/start-house.ts";
import { openHome } from "./run-moltbot.ts";

const env = { LANG: "zh_CN.UTF-8" };
const english = /\b(is|not|the|must|no|stays|required|cannot|restart|holds|input)\b/;

test("a config that is refused while the gateway runs, and what waits for a restart", async () => {
  using home = openHome();
  mkdirSync(home.stateDir, { recursive: true, mode: 0o700 });
  const path = join(home.stateDir, "moltbot.json");
  await using house = await startHouse({ stateDir: home.stateDir });
  const problem = async () => {
    house.gateway.reload();
    const { out } = await home.run(["status"], { env });
    return /^ *问题 +(.*(?:\n {8,}\S.*)*)/m.exec(out)?.[1]?.replaceAll(/\n\s+/g, "") ?? out;
  };
  writeFileSync(path, "{ a: ", { mode: 0o600 });
  expect(await problem()).toBe("配置保持原样：moltbot.json:1:6：文件提前结束；请修正此处");
  const { out } = await home.run(["doctor"], { env });
  expect(out).toContain("health.config: 配置保持原样：");
  writeFileSync(path, "{ cron: 1 }");
  expect(await problem()).not.toMatch(english);
  writeFileSync(path, "{ gateway: { pingIntervalMs: 9000 } }");
  expect(await problem()).toBe("以下更改需重启网关后生效：gateway.pingIntervalMs");
});

test("a write that is refused before the config is looked at", async () => {
  using home = openHome();
  await using house = await startHouse({ stateDir: home.stateDir });
  writeFileSync(join(home.stateDir, "moltbot.json"), "{}", { mode: 0o600 });
  house.gateway.reload();
  const set = async (params: object) =>
    (await home.run(["call", "config.set", "--params", JSON.stringify(params)], { env })).err.trim();
  expect(await set({ raw: "{}" })).toBe("错误: 缺少 baseHash：请用 config.get 取得它后重试");
  const baseHash = new Bun.CryptoHasher("sha256").update("{}").digest("hex");
  expect(await set({ raw: "{ a: ", baseHash })).toBe(
    "错误: config.set 的 raw 不是 JSON5：文件提前结束（raw:1:6）",
  );
  expect(await set({ raw: "[]", baseHash })).toBe("错误: config.set 的 raw 必须是对象 { … }");
});

test("a certificate with which the gateway cannot start", async () => {
  using home = openHome();
  mkdirSync(home.stateDir, { recursive: true, mode: 0o700 });
  const tls = { enabled: true, certPath: "own.crt", keyPath: "own.key" };
  writeFileSync(join(home.stateDir, "moltbot.json"), JSON.stringify({ gateway: { tls } }), { mode: 0o600 });
  const start = async () => (await home.run(["gateway", "--port", "0", "--no-open"], { env })).err;
  expect(await start()).toContain("无法读取 gateway.tls.certPath：");
  for (const name of ["own.crt", "own.key"]) writeFileSync(join(home.stateDir, name), "x", { mode: 0o600 });
  expect(await start()).toBe("错误: 配置: gateway.tls.certPath (own.crt) 中没有证书；必须是 PEM 格式\n");
});

test("what a method refuses, whatever room it comes from", async () => {
  using home = openHome();
  await using _house = await startHouse({ stateDir: home.stateDir });
  const refusal = async (method: string, params: object) =>
    (await home.run(["call", method, "--params", JSON.stringify(params)], { env })).err.trim();
  expect(await refusal("channels.add", { channel: "pigeon", token: "x" })).toMatch(
    /^错误: 没有渠道 pigeon；本网关的渠道：telegram/,
  );
  expect(await refusal("channels.add", { channel: "telegram", token: "a b" })).toBe(
    "错误: 令牌为空或含有空格；请重新复制",
  );
  expect(await refusal("channels.login.continue", { loginId: "none" })).toBe(
    "错误: 没有这个登录；它已结束，或是从另一个连接开始的",
  );
  expect(await refusal("models.add", { provider: "a b" })).toBe(
    "错误: “a b”不能作为提供商的标识；请使用字母、数字、“.”、“_”和“-”",
  );
  expect(await refusal("models.add", { provider: "acme", apiKey: "k" })).toBe(
    "错误: acme 在哪里？请给出它的 baseUrl，例如 http://192.168.1.5:8000/v1",
  );
  expect(await refusal("outbox.retry", { id: 77 })).toBe(
    "错误: 发件箱中没有消息 77；请查看：moltbot outbox list",
  );
  // Texts that programs match on are one for all.
  expect(await refusal("sessions.resolve", {})).toBe("错误: Either key, sessionId, or label is required");
});

test("what is wrong with the models, and a gateway that crashed too often", async () => {
  using home = openHome();
  mkdirSync(home.stateDir, { recursive: true, mode: 0o700 });
  const models = { providers: { acme: { baseUrl: "ftp://x" } } };
  writeFileSync(join(home.stateDir, "moltbot.json"), JSON.stringify({ models }), { mode: 0o600 });
  const now = Date.now();
  const starts = [1, 2, 3, 4, 5].map((seconds) => now - seconds * 1000);
  writeFileSync(join(home.stateDir, "starts.json"), JSON.stringify({ version: "0.0.0-test", starts }));
  await using _house = await startHouse({ stateDir: home.stateDir });
  const { out } = await home.run(["status"], { env });
  const told = out.replaceAll(/\n {8,}/g, "");
  expect(told).toContain("models.providers.acme.baseUrl 不是 http 或 https 地址");
  expect(told).toContain("五分钟内五次启动都以崩溃告终");
});
