/** `doctor`, `bugreport`, `paths` and `env`, each as a process of its own. */
import { Database } from "bun:sqlite";
import { expect, test } from "bun:test";
import { createPrivateKey } from "node:crypto";
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { sharedVariables, variables } from "#src/cli/variables.ts";
import { selfSigned, toPem } from "#src/gateway/self-signed.ts";
import { openSupervisedHome } from "../daemon/supervisor.ts";
import { sources } from "../house/sources.ts";
import { type Home, openHome, type Started, until } from "./run-moltbot.ts";

async function startGateway(home: Home): Promise<Started> {
  const gateway = home.start(["gateway", "--port", "0", "--log-format", "pretty"]);
  await until(() => gateway.out().includes("Ctrl-C"), gateway);
  return gateway;
}

/** Every file of the state with its mode, its time and its bytes. */
function printOf({ stateDir: directory }: Home): string[] {
  if (!existsSync(directory)) return [];
  return readdirSync(directory, { recursive: true, encoding: "utf8" })
    .toSorted()
    .map((name) => {
      const state = lstatSync(join(directory, name));
      const hash = state.isFile() ? Bun.hash(readFileSync(join(directory, name))).toString(16) : "";
      return `${name} ${state.mode.toString(8)} ${state.mtimeMs} ${hash}`;
    });
}

interface Report {
  ok: boolean;
  checks: { id: string; verdict: string; message: string; fixable: boolean }[];
}

async function examine(home: Home, env: Record<string, string> = {}): Promise<Report> {
  return JSON.parse((await home.run(["doctor", "--json"], { env })).out);
}

function verdicts(report: Report): Record<string, string> {
  return Object.fromEntries(report.checks.map(({ id, verdict }) => [id, verdict]));
}

test("a fresh machine, a stopped gateway and one that was killed are examined without a byte changed", async () => {
  using home = openHome();
  const before = printOf(home);
  expect(verdicts(await examine(home))).toMatchObject({ "state-dir": "ok", config: "ok", database: "ok" });
  expect(printOf(home)).toEqual(before);

  const gateway = await startGateway(home);
  await home.run(["agent", "--message", "/echo hello"]);
  const running = await examine(home);
  expect(running.ok).toBe(true);
  expect(verdicts(running)).toEqual({
    "state-dir": "ok",
    "state-files": "ok",
    disk: "ok",
    config: "ok",
    database: "ok",
    gateway: "ok",
    service: "ok",
    bonjour: "ok",
    log: "ok",
    clock: "ok",
    model: "warn",
  });
  gateway.kill("SIGKILL");
  await gateway.exited;
  expect(existsSync(join(home.stateDir, "moltbot.db-wal"))).toBe(true);
  const killed = printOf(home);
  expect(verdicts(await examine(home))).toMatchObject({ database: "ok", gateway: "warn" });
  expect(printOf(home)).toEqual(killed);
});

test("what is wrong is named by a word that stays, and fails the command", async () => {
  using home = openHome();
  const gateway = await startGateway(home);
  gateway.kill("SIGTERM");
  await gateway.exited;
  writeFileSync(join(home.stateDir, "moltbot.db"), "x".repeat(9000));
  writeFileSync(join(home.stateDir, "moltbot.json"), "{ gateway: { port: 'eighty' } }");
  const broken = await examine(home);
  expect(broken.ok).toBe(false);
  expect(verdicts(broken)).toMatchObject({ config: "fail", database: "fail" });
  expect((await home.run(["doctor"])).code).toBe(1);

  using server = Bun.serve({ hostname: "127.0.0.1", port: 0, fetch: () => new Response("stranger") });
  writeFileSync(join(home.stateDir, "moltbot.json"), `{ gateway: { port: ${server.port} } }`);
  const taken = (await examine(home)).checks.find(({ id }) => id === "gateway");
  expect(taken).toMatchObject({
    verdict: "fail",
    message: expect.stringContaining(`port ${server.port} is in use`),
  });
});

test("a service is looked at: its program, Homebrew's beside it, and whether it runs", async () => {
  using supervised = openSupervisedHome();
  using home = openHome();
  const { env } = supervised;
  const service = async () => (await examine(home, env)).checks.find(({ id }) => id === "service");
  expect(await service()).toMatchObject({ verdict: "ok" });

  expect((await home.run(["service", "install"], { env })).code).toBe(0);
  expect(await service()).toMatchObject({ verdict: "ok", message: "systemd keeps it running" });
  expect((await home.run(["service", "stop"], { env })).code).toBe(0);
  expect(await service()).toMatchObject({ verdict: "warn" });

  const unit = join(supervised.units, "moltbot-gateway.service");
  const text = readFileSync(unit, "utf8");
  writeFileSync(unit, text.replace("RestartSec=5", "RestartSec=50"));
  expect(await service()).toMatchObject({
    verdict: "warn",
    message: expect.stringContaining("not what this version writes"),
  });
  writeFileSync(unit, text.replace(/^ExecStart=\S+/m, "ExecStart=/opt/gone/moltbot"));
  expect(await service()).toMatchObject({
    verdict: "fail",
    message: expect.stringContaining("/opt/gone/moltbot, which is not there"),
  });
  writeFileSync(join(supervised.units, "homebrew.moltbot.service"), "[Service]\n");
  expect(await service()).toMatchObject({ verdict: "fail", message: expect.stringContaining("Homebrew") });
});

test("a certificate's end, its key's mode and what the gateway shows are looked at", async () => {
  using home = openHome();
  mkdirSync(home.stateDir, { mode: 0o700 });
  const config = join(home.stateDir, "moltbot.json");
  writeFileSync(config, "{ gateway: { tls: { enabled: true } } }", { mode: 0o600 });
  expect(verdicts(await examine(home))).toMatchObject({ "tls-certificate": "ok" });
  const gateway = await startGateway(home);
  expect(verdicts(await examine(home))).toMatchObject({ "tls-certificate": "ok", "tls-pin": "ok" });

  const key = createPrivateKey(readFileSync(join(home.stateDir, "tls.key")));
  const certificate = (notAfter: number) =>
    toPem(selfSigned({ key, commonName: "x", names: ["localhost"], notBefore: 0, notAfter }));
  const day = 86_400_000;
  writeFileSync(join(home.stateDir, "tls.crt"), certificate(Date.now() + 5 * day));
  expect(verdicts(await examine(home))).toMatchObject({ "tls-certificate": "warn", "tls-pin": "warn" });
  writeFileSync(join(home.stateDir, "tls.crt"), certificate(Date.now() - day));
  expect(verdicts(await examine(home))).toMatchObject({ "tls-certificate": "fail" });
  gateway.kill("SIGTERM");
  await gateway.exited;

  const [certPath, keyPath] = ["own.crt", "own.key"].map((name) => join(home.path, name)) as [string, string];
  writeFileSync(certPath, certificate(Date.now() + 100 * day));
  writeFileSync(keyPath, key.export({ type: "pkcs8", format: "pem" }));
  chmodSync(keyPath, 0o644);
  writeFileSync(config, JSON.stringify({ gateway: { tls: { enabled: true, certPath, keyPath } } }));
  expect(verdicts(await examine(home))).toMatchObject({ "tls-certificate": "ok", "tls-key": "fail" });
  const fixed = await home.run(["doctor", "--fix", "--yes"]);
  expect(fixed.err).toContain(`--- ${keyPath}\n-mode 644\n+mode 640\n`);
  expect(statSync(keyPath).mode & 0o777).toBe(0o640);
  expect((await home.run(["doctor", "--undo"])).code).toBe(0);
  expect(statSync(keyPath).mode & 0o777).toBe(0o644);
});

test("it says where the gateway is announced, and a database of the future, in the reader's language", async () => {
  using home = openHome();
  mkdirSync(home.stateDir, { mode: 0o700 });
  const gateway = await startGateway(home);
  gateway.kill("SIGTERM");
  await gateway.exited;
  const config = { gateway: { bind: "lan", auth: { token: "a-long-token" } } };
  writeFileSync(join(home.stateDir, "moltbot.json"), JSON.stringify(config), { mode: 0o600 });
  {
    using db = new Database(join(home.stateDir, "moltbot.db"));
    db.run("PRAGMA user_version = 9999");
  }
  const found = await examine(home);
  expect(verdicts(found)).toMatchObject({ "database-schema": "fail", bonjour: "ok" });
  const bonjour = (report: Report) => report.checks.find(({ id }) => id === "bonjour")?.message;
  expect(bonjour(found)).toContain("announced in the local network (minimal)");
  expect(bonjour(await examine(home, { MOLTBOT_DISABLE_BONJOUR: "1" }))).toContain("off by");
  const chinese = await home.run(["doctor"], { env: { LANG: "zh_CN.UTF-8" } });
  for (const line of chinese.out.trim().split("\n"))
    expect(line).toMatch(/\p{Script=Han}|chmod|^\s+moltbot /u);
});

test("a fix shows itself, is made on demand only, and can be taken back byte for byte", async () => {
  using home = openHome();
  mkdirSync(home.stateDir, { mode: 0o755 });
  chmodSync(home.stateDir, 0o755);
  const config = join(home.stateDir, "moltbot.json");
  const text = `{
  // who I am
  ui: { asistant: { name: "Ada" } }, // "assistant" is meant
  gatway: { port: 19000 },
}
`;
  writeFileSync(config, text, { mode: 0o644 });
  chmodSync(config, 0o644);
  const before = printOf(home);
  expect((await home.run(["doctor"])).out).toContain("3 of these can be put right");
  expect(await home.run(["doctor", "--fix"])).toMatchObject({
    code: 2,
    err: expect.stringContaining("--yes"),
  });
  expect(printOf(home)).toEqual(before);

  const fixed = await home.run(["doctor", "--fix", "--yes"]);
  expect(fixed.code).toBe(0);
  for (const line of ["-mode 755", "+mode 700", "-mode 644", "-  gatway: { port: 19000 },"]) {
    expect(fixed.err.split("\n")).toContain(line);
  }
  expect(statSync(home.stateDir).mode & 0o777).toBe(0o700);
  expect(statSync(config).mode & 0o777).toBe(0o600);
  expect(JSON.parse((await home.run(["config", "get", "gateway.port", "--json"])).out)).toBe(19000);
  expect(readFileSync(config, "utf8")).toBe(
    text.replace("gatway", "gateway").replace("asistant:", "assistant:"),
  );
  expect((await examine(home)).checks.filter(({ fixable }) => fixable)).toEqual([]);

  expect((await home.run(["doctor", "--undo"])).out).toContain("3 changes taken back");
  expect(readFileSync(config, "utf8")).toBe(text);
  expect([statSync(config).mode & 0o777, statSync(home.stateDir).mode & 0o777]).toEqual([0o644, 0o755]);
  expect((await home.run(["doctor", "--undo"])).err).toContain("no --fix to take back");
});

test("a bug report holds what helps, and none of the secrets that were planted", async () => {
  using home = openHome();
  mkdirSync(join(home.stateDir, "secrets"), { recursive: true, mode: 0o700 });
  const planted = {
    configToken: "planted-config-token-1",
    envPassword: "planted-env-password-2",
    modelKey: "planted-model-key-3",
    file: "planted-file-secret-4",
    comment: "planted-comment-secret-5",
    header: "planted-header-6",
    foreign: "planted-foreign-7",
    telegram: "123456789:AAbbccddeeffgghhiijjkkllmmnnooppqqr",
    phone: "+491701234567",
    mail: "ada.lovelace@example.org",
    named: "planted-named-gateway-8",
    namedPassword: "planted-named-password-9",
    device: "planted-device-token-10",
    identity: "MC4CAQAwBQYDK2VwBCIEIPlantedPrivateKeyOfThisDevice",
  };
  const named = { far: { url: "wss://far:1/", token: planted.named, password: planted.namedPassword } };
  writeFileSync(join(home.stateDir, "gateways.json"), JSON.stringify({ used: null, gateways: named }), {
    mode: 0o600,
  });
  const identity = join(home.stateDir, "identity");
  mkdirSync(identity, { mode: 0o700 });
  const device = { gateways: { "wss://far:1": { token: planted.device } } };
  writeFileSync(join(identity, "gateways.json"), JSON.stringify(device), { mode: 0o600 });
  const privateKeyPem = `-----BEGIN PRIVATE KEY-----\n${planted.identity}\n-----END PRIVATE KEY-----\n`;
  writeFileSync(join(identity, "device.json"), JSON.stringify({ privateKeyPem }), { mode: 0o600 });
  writeFileSync(join(home.stateDir, "secrets", "telegram"), planted.file);
  writeFileSync(
    join(home.stateDir, "moltbot.json"),
    `{
      // token: "${planted.comment}"
      gateway: { auth: { mode: "token", token: "${planted.configToken}" } },
      models: { providers: { x: { baseUrl: "http://127.0.0.1:9/v1", apiKey: "${planted.modelKey}", headers: { "x-y": "${planted.header}" } } } },
      channels: { foo: { botToken: "${planted.telegram}", allowFrom: ["${planted.phone}", "${planted.mail}"] } },
    }`,
    { mode: 0o600 },
  );
  const env = { SOME_PASSWORD: planted.envPassword, SOME_API_KEY: planted.foreign, PWD: home.path };
  const gateway = await startGateway(home);
  const tokenKey = readFileSync(join(home.stateDir, "token.key"), "utf8").trim();
  const localKey = readFileSync(join(home.stateDir, "local.key"), "utf8").trim();
  // The first lines reach the terminal before the file; a round trip lets them.
  expect((await home.run(["health"])).code).toBe(0);
  // Whatever once got into a log is looked for there too.
  const log = join(home.stateDir, "logs", "moltbot.log");
  const line = {
    "1": `${Object.values(planted).join(" ")} ${localKey} ${tokenKey}`,
    _meta: { logLevelName: "INFO" },
  };
  writeFileSync(log, `${readFileSync(log, "utf8")}${JSON.stringify(line)}\n`);
  const file = join(home.path, "report.tar.gz");
  const made = await home.run(["bugreport", file, "--profile", "default"], { env });
  gateway.kill("SIGTERM");
  expect(made).toMatchObject({ code: 0, err: "" });
  expect(made.out).toMatch(/log\.jsonl \(.*\) · taken out: \d+ secrets, /);
  expect(statSync(file).mode & 0o777).toBe(0o600);

  const bytes = readFileSync(file);
  expect([bytes[0], bytes[1]]).toEqual([0x1f, 0x8b]);
  const files = await new Bun.Archive(bytes).files();
  const names = [...files.keys()].map((name) => name.replace("moltbot-bugreport/", "")).toSorted();
  expect(names).toEqual([
    "about.json",
    "config.json5",
    "doctor.json",
    "environment.txt",
    "health.json",
    "log.jsonl",
    "paths.json",
  ]);
  let all = "";
  for (const each of files.values()) all += await each.text();
  for (const secret of [...Object.values(planted), localKey, tokenKey, home.path]) {
    expect([secret, all.includes(secret)]).toEqual([secret, false]);
  }
  expect(all).toContain("gateway started");
  expect(all).toContain("[phone]");
  expect(await files.get("moltbot-bugreport/paths.json")?.json()).toMatchObject({ stateDir: "~/state" });
  expect((await home.run(["bugreport", file])).code).toBe(2);
});

test("paths and environment say where things are, and what is set", async () => {
  using home = openHome();
  const paths = JSON.parse((await home.run(["paths", "--json"])).out);
  expect(paths).toMatchObject({
    state: { path: home.stateDir, exists: false },
    database: { path: join(home.stateDir, "moltbot.db") },
  });
  const env = { CLAWDBOT_GATEWAY_TOKEN: "planted-token", MOLTBOT_GATEWAY_PORT: "19001" };
  const listed = await home.run(["env"], { env });
  expect(listed.out).toMatch(/CLAWDBOT_GATEWAY_TOKEN +=? ?= \[redacted\]/);
  expect(listed.out).toContain("= 19001");
  expect(listed.out).not.toContain("planted-token");
});

test("the list of variables is that of those which are read", () => {
  const read = new Set<string>();
  const shared = new Set<string>();
  for (const { path, text } of sources()) {
    if (!path.startsWith("src/") || path.includes(".test.") || path.startsWith("src/webchat/")) continue;
    for (const [, name] of text.matchAll(/(?:setting|isSet)\([\w.]+, "([A-Z_]+)"\)/g)) read.add(name ?? "");
    for (const [, name] of text.matchAll(/\benv\.([A-Z][A-Z_]+)\b/g)) shared.add(name ?? "");
    for (const [, name] of text.matchAll(/(?:keyVariable|botToken): "([A-Z_]+)"/g)) shared.add(name ?? "");
  }
  expect(Object.keys(variables).toSorted()).toEqual([...read].toSorted());
  // What the build puts in, and what only tests set.
  shared.delete("NODE_ENV");
  expect([...shared].filter((name) => !Object.hasOwn(sharedVariables, name))).toEqual([]);
});

test("env says of each variable whether it is set, and never a secret", async () => {
  using home = openHome();
  const env = {
    MOLTBOT_GATEWAY_TOKEN: "planted-own-1",
    OPENAI_API_KEY: "planted-openai-2",
    MISTRAL_API_KEY: "planted-mistral-3",
    TELEGRAM_BOT_TOKEN: "planted-telegram-4",
    HTTPS_PROXY: "http://ann:planted-proxy-5@proxy:3128",
    NO_COLOR: "1",
  };
  const told: { name: string; set: boolean; value: string | null }[] = JSON.parse(
    (await home.run(["env", "--json"], { env })).out,
  );
  const set = told.filter((each) => each.set).map(({ name }) => name);
  for (const name of [...Object.keys(env), "HOME", "PATH", "MOLTBOT_STATE_DIR"]) expect(set).toContain(name);
  expect(told).toContainEqual(expect.objectContaining({ name: "XDG_STATE_HOME", set: false, value: null }));
  const shown = (await home.run(["env"], { env: { ...env, LANG: "zh_CN.UTF-8" } })).out;
  expect(shown).toContain("未设置 · Anthropic 模型的密钥");
  expect(shown + JSON.stringify(told)).not.toContain("planted");
  await home.run(["bugreport", "report.tar.gz"], { env });
  const archive = new Bun.Archive(await Bun.file(join(home.path, "report.tar.gz")).bytes());
  const environment = await (await archive.files()).get("moltbot-bugreport/environment.txt")?.text();
  expect(environment).toContain("MISTRAL_API_KEY is set\n");
  expect(environment).toContain("MOLTBOT_GATEWAY_TOKEN=[redacted]\n");
});

test("paths and bugreport speak Chinese to a Chinese terminal", async () => {
  using home = openHome();
  const chinese = { env: { LANG: "zh_CN.UTF-8" } };
  expect((await home.run(["paths"], chinese)).out).toMatch(/状态目录 +.*\n +配置 +/);
  expect(Object.keys(JSON.parse((await home.run(["paths", "--json"], chinese)).out))).toContain("state");
  const reported = await home.run(["bugreport", "report.tar.gz"], chinese);
  expect(reported.out).toMatch(/已去除： .*主目录 \d+ 处/);
  expect((await home.run(["bugreport", "report.tar.gz"], chinese)).err).toContain("已存在，请指定另一个文件");
});
