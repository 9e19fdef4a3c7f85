/** What `doctor` says of the secrets and the named gateways that lie in the state directory. */
import { expect, test } from "bun:test";
import { chmodSync, mkdirSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Home, openHome, until } from "./run-moltbot.ts";

interface Found {
  verdict: string;
  message: string;
  hint?: string;
  fixable: boolean;
}

async function look(home: Home, id: string, env: Record<string, string> = {}): Promise<Found | undefined> {
  const { out } = await home.run(["doctor", "--json"], { env });
  const { checks } = JSON.parse(out) as { checks: (Found & { id: string })[] };
  return checks.find((each) => each.id === id);
}

test("a secret that others can read is said at the start, and by doctor, which closes it", async () => {
  using home = openHome();
  const directory = join(home.stateDir, "secrets");
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  chmodSync(home.stateDir, 0o700);
  const path = join(directory, "acme");
  writeFileSync(path, "a-long-secret\n", { mode: 0o600 });
  expect(await look(home, "secret-files")).toMatchObject({ verdict: "ok" });
  chmodSync(path, 0o644);
  const gateway = home.start(["gateway", "--port", "0", "--log-format", "pretty"]);
  const warning = `${path} is open to other users (mode 644)`;
  await until(() => (gateway.out() + gateway.err()).includes(warning), gateway);
  gateway.kill("SIGTERM");
  await gateway.exited;
  expect(await look(home, "secret-files")).toMatchObject({
    verdict: "fail",
    message: warning,
    fixable: true,
  });
  const chinese = await look(home, "secret-files", { LANG: "zh_CN.UTF-8" });
  expect(chinese?.message).toBe(`其他用户可访问 ${path}（权限 644）`);
  expect((await home.run(["doctor", "--fix", "--yes"])).code).toBe(0);
  expect(statSync(path).mode & 0o777).toBe(0o600);
  expect(await look(home, "secret-files")).toMatchObject({ verdict: "ok" });
});

test("a file of named gateways that cannot be used is named, with what to do", async () => {
  using home = openHome();
  mkdirSync(home.stateDir, { recursive: true, mode: 0o700 });
  const path = join(home.stateDir, "gateways.json");
  expect(await look(home, "gateways-file")).toBeUndefined();
  const there = { version: 1, used: "there", gateways: { there: { url: "wss://gateway.example" } } };
  writeFileSync(path, JSON.stringify(there), { mode: 0o600 });
  expect(await look(home, "gateways-file")).toMatchObject({ verdict: "ok" });
  for (const [text, english, chinese] of [
    ["{ no JSON", `${path} cannot be read as what it should be`, `${path} 的内容无法识别`],
    [JSON.stringify({ ...there, used: "gone" }), 'no gateway is called "gone"', "没有名为“gone”的网关"],
  ] as const) {
    writeFileSync(path, text);
    const found = await look(home, "gateways-file");
    expect(found).toMatchObject({ verdict: "fail", message: english, fixable: false });
    expect(found?.hint).toBeDefined();
    const inChinese = await look(home, "gateways-file", { LANG: "zh_CN.UTF-8" });
    expect(inChinese?.message).toBe(chinese);
    expect((await home.run(["doctor"])).code).toBe(1);
  }
});
