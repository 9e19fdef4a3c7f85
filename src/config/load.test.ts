// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the config's own references look like this
import { expect, test } from "bun:test";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { scratchDir } from "../../test/store/scratch-dir.ts";
import { ConfigError } from "./error.ts";
import { defaultConfig, type LoadedConfig, loadConfig } from "./load.ts";

function load(text: string, env: Record<string, string> = {}): LoadedConfig {
  using directory = scratchDir();
  return loadConfig({ path: directory.write("moltbot.json", text), env });
}

function refusal(text: string, env: Record<string, string> = {}): ConfigError {
  try {
    load(text, env);
  } catch (error) {
    if (error instanceof ConfigError) return error;
    throw error;
  }
  throw new Error("the config was accepted");
}

test("without a file everything has its default, and the hash is that of the empty text", () => {
  using directory = scratchDir();
  const loaded = loadConfig({ path: join(directory.path, "moltbot.json"), env: {} });
  expect(loaded).toMatchObject({ exists: false, raw: null, parsed: {}, issues: [], warnings: [], off: [] });
  expect(loaded.hash).toBe("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  expect(loaded.config).toEqual(defaultConfig());
  expect(loaded.config.gateway).toMatchObject({
    port: 18_789,
    bind: "loopback",
    handshakeTimeoutMs: 10_000,
    pingIntervalMs: 25_000,
    tickIntervalMs: 30_000,
    maxPayloadBytes: 524_288,
    maxBufferedBytes: 1_572_864,
    shutdownGraceMs: 4_000,
    presenceIntervalMs: 250,
    healthIntervalMs: 60_000,
    crashBrake: "on",
  });
  expect(loaded.config.agents.defaults).toMatchObject({
    maxConcurrent: 4,
    subagents: { maxConcurrent: 8 },
    compaction: { mode: "safeguard" },
  });
  expect(loaded.config.messages.ackReactionScope).toBe("group-mentions");
});

test("a JSON5 file with the original's keys is taken as it is", () => {
  const loaded = load(`{
    // as people write it
    gateway: { port: 19001, auth: { mode: 'token', token: 'abc' }, nodes: { denyCommands: ['x'] }, },
    agents: { defaults: { model: { primary: "p/m", fallbacks: ["q/n"] }, heartbeat: { every: "30m" } },
      list: [{ id: "main", default: true, identity: { name: "Molty", emoji: "🦞" } }] },
    bindings: [{ agentId: "main", match: { channel: "telegram", peer: { kind: "dm", id: "1" } } }],
    models: { providers: { local: { baseUrl: "http://127.0.0.1:1/v1", models: [{ id: "m", contextWindow: 8192 }] } } },
    session: { reset: { mode: "idle", idleMinutes: 30 }, sendPolicy: { rules: [{ action: "deny" }] } },
    channels: { defaults: {} },
    tools: { exec: { host: "x" } }, meta: { lastTouchedVersion: "1" }, plugins: { entries: {} },
    talk: { voiceId: "v" }, canvasHost: { enabled: false },
  }`);
  expect({ issues: loaded.issues, warnings: loaded.warnings, off: loaded.off }).toEqual({
    issues: [],
    warnings: [],
    off: [],
  });
  expect(loaded.config.agents.defaults.model).toEqual({ primary: "p/m", fallbacks: ["q/n"] });
  expect(loaded.config.agents.list[0]?.identity).toEqual({ name: "Molty", emoji: "🦞" });
  expect(loaded.config.models.providers.local?.models).toEqual([{ id: "m", contextWindow: 8192 }]);
  expect(loaded.config.session.reset).toEqual({ mode: "idle", atHour: 4, idleMinutes: 30 });
  expect(loaded.config.canvasHost.enabled).toBe(false);
});

test("a file that is no JSON5 is refused with exit 78, line and column", () => {
  const error = refusal("{\n  gateway: {\n    port 1\n  }\n}");
  expect(error.exitCode).toBe(78);
  expect(error.message).toStartWith("moltbot.json:3:10: invalid character '1'");
});

test.each(["", "  \n", "// nothing", "[]", "5"])(
  "a file with %p is refused, never taken for defaults",
  (text) => {
    expect(() => load(text)).toThrow(ConfigError);
  },
);

test("a file that cannot be read is refused: defaults could open a door", () => {
  using directory = scratchDir();
  mkdirSync(join(directory.path, "moltbot.json"));
  expect(() => loadConfig({ path: join(directory.path, "moltbot.json"), env: {} })).toThrow(
    /cannot read the config/,
  );
});

test("a wrong value under gateway ends the start, and says where and what it must be", () => {
  const error = refusal('{\n  gateway: {\n    port: "18789",\n    bind: "world"\n  }\n}');
  expect(error.message).toContain(
    'gateway.port must be a whole number from 1 to 65535, not "18789" (moltbot.json:3:11)',
  );
  expect(error.issues[1]).toMatchObject({
    path: "gateway.bind",
    message:
      'gateway.bind must be one of auto, lan, loopback, custom, tailnet, not "world" (moltbot.json:4:11)',
  });
});

test.each([
  ["{gateway: {trustedProxies: ['10.0.0.0/99']}}", "gateway.trustedProxies[0]"],
  ["{gateway: {bind: 'custom'}}", "gateway.bind"],
  ["{gateway: {customBindHost: 'example.com'}}", "gateway.customBindHost"],
  ["{gateway: {controlUi: {allowedOrigins: ['*']}}}", "gateway.controlUi.allowedOrigins[0]"],
  ["{gateway: {hosts: ['http://a']}}", "gateway.hosts[0]"],
  ["{gateway: {auth: {mode: 'oauth'}}}", "gateway.auth.mode"],
  ["{gateway: {auth: {token: ''}}}", "gateway.auth.token"],
  ["{gateway: null}", "gateway"],
  ["{gateway: {maxPayloadBytes: 1.5}}", "gateway.maxPayloadBytes"],
])("%p is refused at %p", (text, path) => {
  expect(refusal(text).issues.map((issue) => issue.path)).toContain(path);
});

test("a message never repeats a secret", () => {
  const error = refusal("{gateway: {auth: {token: 123456789, mode: '${M}'}}}", { M: "from-the-environment" });
  expect(error.message).not.toContain("123456789");
  expect(error.message).not.toContain("from-the-environment");
});

test("any other wrong section is switched off and named with its line; the rest is served", () => {
  const loaded = load(
    '{\n cron: { enabled: "yes" },\n session: { scope: "all" },\n ui: { seamColor: "#00ff00" },\n gateway: { port: 1 }\n}',
  );
  expect(loaded.off.toSorted()).toEqual(["cron", "session"]);
  expect(loaded.issues).toMatchObject([
    {
      path: "session.scope",
      message: 'session.scope must be one of per-sender, global, not "all" (moltbot.json:3:20)',
    },
    { path: "cron.enabled", message: 'cron.enabled must be true or false, not "yes" (moltbot.json:2:19)' },
  ]);
  expect(loaded.config.cron.enabled).toBe(false);
  expect(loaded.config.session).toEqual(defaultConfig().session);
  expect(loaded.config.ui.seamColor).toBe("#00ff00");
  expect(loaded.config.gateway.port).toBe(1);
});

test("one wrong channel or provider does not take the others with it", () => {
  const loaded = load(
    '{channels: {telegram: {botToken: "${NONE}"}, discord: {token: "t"}, slack: 5},\n' +
      " models: {providers: {bad: {baseUrl: 5}, good: {baseUrl: 'http://127.0.0.1'}}}}",
  );
  expect(loaded.off.toSorted()).toEqual(["channels.slack", "channels.telegram", "models.providers.bad"]);
  expect(Object.keys(loaded.config.channels)).toEqual(["discord"]);
  expect(Object.keys(loaded.config.models.providers)).toEqual(["good"]);
});

test("a channel that this build does not have is a warning, and kept as it is", () => {
  const loaded = load("{channels: {matrix: {token: 'a', dmPolicy: 5, more: {at: ['all']}}}}");
  expect({ issues: loaded.issues, off: loaded.off }).toEqual({ issues: [], off: [] });
  expect(loaded.warnings).toMatchObject([
    {
      path: "channels.matrix",
      message:
        'this version has no channel "matrix"; its settings are kept, and nothing connects (moltbot.json:1:13)',
    },
  ]);
  expect(loaded.config.channels).toEqual({
    matrix: { token: "a", dmPolicy: 5, more: { at: ["all"] } },
  } as never);
});

test("an unknown key is a warning with its line and the word that was probably meant", () => {
  const loaded = load(
    "{\n  gatway: {},\n  gateway: { controlUi: { enabld: true }, zzz: 1 },\n  agents: { lst: [] }\n}",
  );
  expect(loaded.issues).toEqual([]);
  expect(loaded.warnings).toMatchObject([
    {
      path: "gateway.controlUi.enabld",
      message: "gateway.controlUi.enabld is not a known key; did you mean enabled? (moltbot.json:3:27)",
    },
    { path: "gateway.zzz", message: "gateway.zzz is not a known key; it is ignored (moltbot.json:3:43)" },
    { path: "agents.lst", message: "agents.lst is not a known key; did you mean list? (moltbot.json:4:13)" },
    { path: "gatway", message: "gatway is not a known key; did you mean gateway? (moltbot.json:2:3)" },
  ]);
});

test("a key that is written twice, a layout of old and a binding to nobody are warned of", () => {
  const loaded = load(
    "{gateway: {port: 1, port: 2}, telegram: {}, bindings: [{agentId: 'ghost', match: {channel: 'x'}}]}",
  );
  expect(loaded.config.gateway.port).toBe(2);
  expect(loaded.warnings.map(({ path }) => path)).toEqual([
    "gateway.port",
    "bindings[0].agentId",
    "telegram",
  ]);
  expect(loaded.legacyIssues).toMatchObject([
    {
      path: "telegram",
      message: "telegram is ignored: it belongs under channels.telegram today (moltbot.json:1:31)",
    },
  ]);
});

test("two agents with one id switch the section off", () => {
  expect(load("{agents: {list: [{id: 'a'}, {id: 'A'}]}}").off).toEqual(["agents"]);
  expect(load("{agents: {list: [{name: 'no id'}]}}").issues[0]?.message).toBe(
    "agents.list[0].id is missing (moltbot.json:1:18)",
  );
});

test("${VAR} takes upper-case names out of the environment, and $${VAR} stays as ${VAR}", () => {
  const loaded = load(
    "{gateway: {auth: {token: '${A_1}-${B}'}}, channels: {x: {lower: '${lower}', kept: '$${A_1}', list: ['${B}']}}}",
    { A_1: "one", B: "two" },
  );
  expect(loaded.config.gateway.auth.token).toBe("one-two");
  expect(loaded.config.channels.x).toEqual({ lower: "${lower}", kept: "${A_1}", list: ["two"] });
  expect(loaded.references.get("gateway.auth.token")).toBe("${A_1}-${B}");
  expect(loaded.references.get("channels.x.list[0]")).toBe("${B}");
  expect(loaded.parsed).toMatchObject({ gateway: { auth: { token: "${A_1}-${B}" } } });
});

test("a value out of the environment is not read again for references", () => {
  expect(load("{channels: {x: {a: '${A}'}}}", { A: "${B}", B: "no" }).config.channels.x).toEqual({
    a: "${B}",
  });
});

test("a missing variable under gateway ends the start: an empty secret would open a door", () => {
  expect(refusal("{gateway: {auth: {token: '${TOKEN}'}}}").message).toContain(
    "the environment variable TOKEN is not set",
  );
  expect(() => load("{gateway: {auth: {token: '${TOKEN}'}}}", { TOKEN: "" })).toThrow(ConfigError);
});

test("env.vars gives variables where the environment has none", () => {
  const loaded = load(
    "{env: {vars: {A: 'file', B: '${SEED}'}, C: 'beside'}, channels: {x: {a: '${A}', b: '${B}', c: '${C}'}}}",
    { A: "environment", SEED: "seed" },
  );
  expect(loaded.config.channels.x).toEqual({ a: "environment", b: "seed", c: "beside" });
  expect(loaded.env).toMatchObject({ A: "environment", B: "seed", C: "beside" });
});
