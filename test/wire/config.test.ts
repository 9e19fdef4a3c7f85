// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the config's own references look like this
import { describe, expect, test } from "bun:test";
import { existsSync, mkdirSync, readFileSync, statSync, unlinkSync } from "node:fs";
import { join } from "node:path";
import { Ajv } from "ajv";
import type { RequestError } from "#src/client/errors.ts";
import { readLocalKey } from "#src/config/local-key.ts";
import { startConfigHouse } from "./config-file.ts";
import { startHouse } from "./start-house.ts";

const handmade = `// kept by hand
{
  models: {
    providers: {
      // the machine in the cellar
      cellar: { baseUrl: 'http://127.0.0.1:9/v1', apiKey: "sk-cellar-0123456789", models: [{ id: "m" }] },
      cloud: { baseUrl: "http://127.0.0.1:9/v1", apiKey: "\${CLOUD_KEY}" }, // apiKey: "sk-former-0123456789"
    },
  },
  agents: { defaults: { model: "cellar/m" } },
}
`;
const env = { CLOUD_KEY: "sk-cloud-0123456789" };

async function refusal(promise: Promise<unknown>): Promise<RequestError> {
  return (await promise.then(
    () => {
      throw new Error("it was not refused");
    },
    (error: unknown) => error,
  )) as RequestError;
}

describe("a change over the wire", () => {
  test("touches nothing but what it changes: comments, secrets and references stay, and it counts at once", async () => {
    await using world = await startConfigHouse(handmade, { env });
    const { client, file } = world;
    const { hash } = await client.call("config.get");
    const patch = { agents: { list: [{ id: "ada", name: "Ada" }] }, ui: { assistant: { name: "Molty" } } };
    const result = await client.call("config.patch", { raw: JSON.stringify(patch), baseHash: hash });
    expect(result).toMatchObject({
      ok: true,
      path: file,
      changed: true,
      applied: ["agents", "ui"],
      needsRestart: [],
      restart: null,
      warnings: [],
      sentinel: {
        path: null,
        payload: { kind: "config-apply", stats: { mode: "config.patch", root: file } },
      },
    });
    const changed = handmade
      .replace('"cellar/m" } }', '"cellar/m" }, list: [{"id":"ada","name":"Ada"}] }')
      .replace("] },\n}", '] },\n  ui: {\n    "assistant": {\n      "name": "Molty"\n    }\n  },\n}');
    expect(world.text()).toBe(changed);
    expect(result.hash).toBe((await client.call("config.get")).hash);
    expect(JSON.stringify(result)).not.toMatch(/sk-cellar|sk-cloud/);
    expect((await client.call("agents.list")).agents).toMatchObject([{ id: "ada", name: "Ada" }]);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(readFileSync(`${file}.bak`, "utf8")).toBe(handmade);
    expect(readFileSync(`${file}.last-good`, "utf8")).toBe(changed);
    for (const name of [`${file}.bak`, `${file}.last-good`]) expect(statSync(name).mode & 0o777).toBe(0o600);
  });

  test("takes null for a removal, and keeps five former texts", async () => {
    await using world = await startConfigHouse('{ "ui": { "seamColor": "112233" } }\n');
    let { hash } = await world.client.call("config.get");
    for (let count = 0; count < 6; count++) {
      const patch = { raw: `{ui: {seamColor: "00000${count}"}}`, baseHash: hash };
      ({ hash } = await world.client.call("config.patch", patch));
    }
    await world.client.call("config.patch", { raw: "{ui: {seamColor: null}}", baseHash: hash });
    expect(world.text()).toBe('{ "ui": { } }\n');
    const former = ["", ".1", ".2", ".3", ".4"].map((age) => readFileSync(`${world.file}.bak${age}`, "utf8"));
    expect(former.map((text) => /\d{6}/.exec(text)?.[0])).toEqual([
      "000005",
      "000004",
      "000003",
      "000002",
      "000001",
    ]);
    expect(existsSync(`${world.file}.bak.5`)).toBe(false);
  });

  test("makes the file where there is none, without a base hash", async () => {
    await using house = await startHouse();
    await using client = await house.connect({ auth: { token: readLocalKey(house.stateDir) ?? "" } });
    const file = join(house.stateDir, "moltbot.json");
    const result = await client.call("config.set", { raw: '{ "logging": { "level": "debug" } }' });
    expect(result).toMatchObject({ path: file, changed: true, applied: ["logging"] });
    expect(readFileSync(file, "utf8")).toBe('{ "logging": { "level": "debug" } }\n');
    expect(statSync(file).mode & 0o777).toBe(0o600);
  });

  test("says which settings wait for a restart, until they are what the gateway runs with", async () => {
    await using world = await startConfigHouse("{}\n");
    const { client } = world;
    const { hash } = await client.call("config.get");
    const result = await client.call("config.apply", {
      raw: "{ gateway: { tickIntervalMs: 5000, reload: { debounceMs: 10 } }, ui: { seamColor: '112233' } }",
      baseHash: hash,
    });
    expect(result).toMatchObject({ applied: ["gateway", "ui"], needsRestart: ["gateway.tickIntervalMs"] });
    expect(result.restart).toEqual({
      ok: false,
      pid: process.pid,
      reason: "restart the gateway for: gateway.tickIntervalMs",
    });
    const { problems } = await client.call("health", { probe: true });
    expect(problems).toEqual([
      {
        id: "config",
        message: "restart the gateway for what changed: gateway.tickIntervalMs",
        zh: "以下更改需重启网关后生效：gateway.tickIntervalMs",
      },
    ]);
    const undone = await client.call("config.patch", {
      raw: '{"gateway": {"tickIntervalMs": null}}',
      baseHash: result.hash,
    });
    expect(undone).toMatchObject({ applied: [], needsRestart: [], restart: null });
    expect((await client.call("health", { probe: true })).problems).toEqual([]);
  });
});

describe("what config.get shows can be sent back", () => {
  test("the text with its marks is the text with its secrets, comments included", async () => {
    await using world = await startConfigHouse(handmade, { env });
    const { raw, hash } = await world.client.call("config.get");
    expect(raw).not.toMatch(/sk-cellar|sk-former|sk-cloud/);
    const same = await world.client.call("config.set", { raw: raw ?? "", baseHash: hash });
    expect(same).toMatchObject({ ok: true, changed: false, hash });
    const edited = (raw ?? "").replace("in the cellar", "under the stairs");
    await world.client.call("config.set", { raw: edited, baseHash: hash });
    expect(world.text()).toBe(handmade.replace("in the cellar", "under the stairs"));
  });

  test("the filled config, as forms send it, changes only what was changed in it", async () => {
    const text = handmade.replace("agents:", "colour: 'unknown here',\n  agents:");
    await using world = await startConfigHouse(text, { env });
    const { config, hash } = await world.client.call("config.get");
    const same = await world.client.call("config.set", {
      raw: JSON.stringify(config, null, 2),
      baseHash: hash,
    });
    expect(same.changed).toBe(false);
    const form = structuredClone(config) as { ui: { seamColor?: string }; agents: { defaults: object } };
    form.ui.seamColor = "112233";
    form.agents.defaults = { ...form.agents.defaults, model: "cloud/x" };
    await world.client.call("config.apply", { raw: `${JSON.stringify(form, null, 2)}\n`, baseHash: hash });
    expect(world.text()).toBe(
      text
        .replace('model: "cellar/m"', 'model: "cloud/x"')
        .replace("} },\n}", '} },\n  ui: {\n    "seamColor": "112233"\n  },\n}'),
    );
  });

  test("a mark where there is no secret is refused rather than written", async () => {
    await using world = await startConfigHouse(handmade, { env });
    const { hash } = await world.client.call("config.get");
    const error = await refusal(
      world.client.call("config.patch", {
        raw: '{"models": {"providers": {"new": {"apiKey": "[redacted]"}}}}',
        baseHash: hash,
      }),
    );
    expect(error).toMatchObject({ code: "INVALID_REQUEST" });
    expect(error.message).toContain("models.providers.new.apiKey");
    expect(world.text()).toBe(handmade);
  });
});

describe("refused, and every byte stays what it was:", () => {
  test("a write without the hash of what it was made on, or with an old one", async () => {
    await using world = await startConfigHouse("{}\n");
    const { client } = world;
    for (const method of ["config.set", "config.patch", "config.apply"] as const) {
      const missing = await refusal(client.call(method, { raw: "{}" }));
      expect(missing.message).toBe("config base hash required; re-run config.get and retry");
      const old = await refusal(client.call(method, { raw: "{}", baseHash: "0".repeat(64) }));
      expect(old.message).toBe("config changed since last load; re-run config.get and retry");
      expect([missing.code, old.code]).toEqual(["INVALID_REQUEST", "INVALID_REQUEST"]);
    }
    expect(world.text()).toBe("{}\n");
    unlinkSync(world.file);
    mkdirSync(world.file);
    const unreadable = await refusal(client.call("config.set", { raw: "{}" }));
    expect(unreadable.message).toStartWith("config base hash unavailable; re-run config.get and retry");
  });

  test("a config that would be wrong, with every issue by path and place", async () => {
    await using world = await startConfigHouse("{}\n");
    const { hash } = await world.client.call("config.get");
    const raw = '{\n  "cron": { "maxConcurrentRuns": "many" },\n  "gateway": { "bind": "lan" }\n}\n';
    const open = await refusal(world.client.call("config.set", { raw, baseHash: hash }));
    expect(open).toMatchObject({ code: "INVALID_REQUEST", message: "invalid config" });
    expect(open.details).toMatchObject({
      issues: [
        {
          path: "cron.maxConcurrentRuns",
          message:
            'cron.maxConcurrentRuns must be a whole number not below 1, not "many" (moltbot.json:2:34)',
        },
      ],
      rejected: ["cron"],
    });
    const door = await refusal(
      world.client.call("config.patch", { raw: '{"gateway": {"bind": "lan"}}', baseHash: hash }),
    );
    expect(door.message).toBe("invalid config");
    expect(JSON.stringify(door.details)).toContain("without a secret would let anyone in");
    const nothing = await refusal(world.client.call("config.patch", { raw: "[1]", baseHash: hash }));
    expect(nothing.message).toBe("config.patch raw must be an object");
    const noJson = await refusal(world.client.call("config.set", { raw: "{ a: }", baseHash: hash }));
    expect(noJson.message).toMatch(/^config\.set raw is no JSON5: .*\(raw:1:6\)$/);
    expect(world.text()).toBe("{}\n");
  });

  test("a patch that leaves what is wrong as it is counts; one that makes it worse does not", async () => {
    await using world = await startConfigHouse("{}\n");
    const { client } = world;
    const apiKey = "$" + "{NOT_SET_ANYWHERE}";
    const baseUrl = "http://127.0.0.1:9/v1";
    const providers = { keyless: { baseUrl, apiKey, models: [{ id: "m" }] } };
    world.replace(JSON.stringify({ models: { providers }, cron: { enabled: "yes" } }));
    const patch = async (value: unknown) => {
      const { hash } = await client.call("config.get");
      return await client.call("config.patch", { raw: JSON.stringify(value), baseHash: hash });
    };
    const own = { baseUrl, models: [{ id: "m" }] };
    const written = await patch({ ui: { seamColor: "112233" }, models: { providers: { own } } });
    expect(written).toMatchObject({ changed: true, config: { ui: { seamColor: "112233" } } });
    expect(written.applied).toEqual(expect.arrayContaining(["models", "ui"]));
    const { models } = await client.call("models.list");
    expect(models).toMatchObject([{ provider: "own", id: "m" }]);
    const before = world.text();
    for (const [worse, path] of [
      [{ cron: { enabled: "no" } }, "cron.enabled"],
      [{ cron: { enabled: null, maxConcurrentRuns: 0 } }, "cron.maxConcurrentRuns"],
      [{ models: { providers: { keyless: { apiKey: 5 } } } }, "models.providers.keyless.apiKey"],
    ] as const) {
      const refused = await refusal(patch(worse));
      expect(refused).toMatchObject({ message: "invalid config", details: { issues: [{ path }] } });
      expect(world.text()).toBe(before);
    }
    await patch({ cron: null });
    const { issues } = await client.call("config.get");
    expect(issues.map(({ path }) => path)).toEqual(["models.providers.keyless.apiKey"]);
  });

  test("a patch of a file that cannot be parsed; writing the whole file mends it", async () => {
    await using world = await startConfigHouse("{}\n");
    const { client } = world;
    const patch = { raw: '{"ui": {"seamColor": "112233"}}' };
    world.replace("{ nonsense");
    const broken = await client.call("config.get");
    const again = await refusal(client.call("config.patch", { ...patch, baseHash: broken.hash }));
    expect(again.message).toBe("invalid config; fix before patching");
    expect(JSON.stringify(again.details)).toContain("moltbot.json:1:");
    expect(world.text()).toBe("{ nonsense");
    await client.call("config.set", { raw: "{ ui: {} }", baseHash: broken.hash });
    expect(world.text()).toBe("{ ui: {} }\n");
    expect(readFileSync(`${world.file}.bak`, "utf8")).toBe("{ nonsense");
  });

  test("a value that names a program", async () => {
    await using world = await startConfigHouse('{ "channels": { "signal": { "cliPath": "/usr/bin/s" } } }\n');
    const { client } = world;
    const before = world.text();
    const { hash } = await client.call("config.get");
    const refused = await refusal(
      client.call("config.patch", {
        raw: '{"channels": {"signal": {"cliPath": "/tmp/evil"}}}',
        baseHash: hash,
      }),
    );
    expect(refused).toMatchObject({
      code: "INVALID_REQUEST",
      details: { paths: ["channels.signal.cliPath"] },
    });
    expect(world.text()).toBe(before);
    const beside = { raw: '{"channels": {"signal": {"enabled": false}}}', baseHash: hash };
    expect((await client.call("config.patch", beside)).changed).toBe(true);
  });

  test("any write of a client that is not an admin, or that says nothing of itself first", async () => {
    await using world = await startConfigHouse("{}\n");
    await using writer = await world.house.connect({ scopes: ["operator.read", "operator.write"] });
    const { hash } = await writer.call("config.get");
    expect((await writer.call("config.schema")).schema.$schema).toBeDefined();
    for (const method of ["config.set", "config.patch", "config.apply"] as const) {
      const error = await refusal(writer.call(method, { raw: '{"ui": {}}', baseHash: hash }));
      expect(error.message).toBe("missing scope: operator.admin");
    }
    expect(await firstWord(world.house.port, "config.apply")).not.toContain('"ok":true');
    expect(world.text()).toBe("{}\n");
  });

  test("the thirty-first write within a minute", async () => {
    let time = 1_700_000_000_000;
    await using world = await startConfigHouse("{}\n", { now: () => time });
    const { client } = world;
    const { hash } = await client.call("config.get");
    const write = () => client.call("config.set", { raw: "{}", baseHash: hash });
    for (let count = 0; count < 30; count++) {
      await write();
      time += 1_000;
    }
    const error = await refusal(write());
    expect(error).toMatchObject({ code: "UNAVAILABLE", retryable: true, retryAfterMs: 30_000 });
    time += 30_001;
    expect((await write()).ok).toBe(true);
  });
});

test("the schema is a draft-07 schema that takes a valid file, and its hints name the secrets", async () => {
  await using world = await startConfigHouse(handmade, { env });
  const { schema, uiHints, version } = await world.client.call("config.schema");
  const validate = new Ajv({ strict: false }).compile(schema);
  expect(validate(Bun.JSON5.parse(handmade))).toBe(true);
  expect(validate({ gateway: { port: "many" } })).toBe(false);
  expect(schema.$schema).toBe("http://json-schema.org/draft-07/schema#");
  expect(version).toBe("0.0.0-test");
  const secrets = Object.entries(uiHints).flatMap(([path, hint]) => (hint.sensitive ? [path] : []));
  expect(secrets.sort()).toEqual([
    "channels.telegram.accounts.*.botToken",
    "channels.telegram.accounts.*.webhookSecret",
    "channels.telegram.botToken",
    "channels.telegram.webhookSecret",
    "env.*",
    "env.vars.*",
    "gateway.auth.password",
    "gateway.auth.token",
    "gateway.remote.password",
    "gateway.remote.token",
    "hooks.token",
    "models.providers.*.apiKey",
    "models.providers.*.headers.*",
    "models.providers.*.models.headers.*",
  ]);
  expect(uiHints["gateway.handshakeTimeoutMs"]).toEqual({
    label: "Handshake timeout (ms)",
    help: "Within which `connect` must arrive",
  });
  expect(uiHints["agents.list.identity.name"]?.label).toBe("Name");
});

/** What the gateway says to a client whose first request is not `connect`. */
async function firstWord(port: number, method: string): Promise<string> {
  const socket = new WebSocket(`ws://127.0.0.1:${port}/`);
  const { promise, resolve } = Promise.withResolvers<string>();
  let heard = "";
  socket.onopen = () => socket.send(JSON.stringify({ type: "req", id: "1", method, params: { raw: "{}" } }));
  socket.onmessage = ({ data }) => {
    heard += String(data);
  };
  socket.onclose = () => resolve(heard);
  return await promise;
}
