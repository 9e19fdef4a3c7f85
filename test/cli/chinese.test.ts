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
