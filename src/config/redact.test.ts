// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the config's own references look like this
import { expect, test } from "bun:test";
import { schemaCheck } from "#src/lib/schema-check.ts";
import { scratchDir } from "../../test/store/scratch-dir.ts";
import { redacted, redactedText, secretsOf } from "./redact.ts";
import { configSnapshot } from "./snapshot.ts";

const secrets = [
  "s3cret-token",
  "123456789:AAbbccddeeffgghhiijjkkllmmnnooppqqr",
  "header-value",
  "variable-value",
  "old-password",
];

const text = `{
  // password: "old-password" was the former one
  gateway: { auth: { token: "s3cret-token", token: 's3cret-token' }, port: 18789 },
  channels: { telegram: { botToken: '123456789:AAbbccddeeffgghhiijjkkllmmnnooppqqr', note: "uses s3cret-token" },
    slack: { "appToken": "\${SLACK}", url: "https://user:s3cret-token@host/x" } },
  models: { providers: { p: { apiKey: "\${KEY}", headers: { "X-Thing": "header-value" },
    models: [{ id: "m", maxTokens: 4096 }] } } },
  env: { vars: { PLAIN: "variable-value" } }, /* apiKey=header-value */
}`;

test("the file's text keeps its form, its references and its numbers, and loses every secret", () => {
  const clean = redactedText(text) ?? "";
  for (const secret of secrets) expect(clean).not.toContain(secret);
  expect(clean).toContain('gateway: { auth: { token: "[redacted]", token: "[redacted]" }, port: 18789 }');
  expect(clean).toContain('"appToken": "${SLACK}"');
  expect(clean).toContain("maxTokens: 4096");
  expect(clean.split("\n")).toHaveLength(text.split("\n").length);
  expect(() => Bun.JSON5.parse(clean)).not.toThrow();
});

test("text that is no JSON5 is not shown at all", () => {
  expect(redactedText('{token: "abc" oops}')).toBeNull();
});

test("values are redacted by their key, and where they are repeated", () => {
  const config = {
    gateway: { auth: { token: "s3cret-token", mode: "token" }, tokenFile: "/a/b", maxTokens: 5 },
    hooks: { token: "" },
    list: [{ client_secret: "abcdef", "X-Api-Key": "k" }],
    note: "s3cret-token inside",
    credentials: { user: "u", pin: 1234 },
    sessionKey: "agent:main:main",
  };
  expect(redacted(config)).toEqual({
    gateway: { auth: { token: "[redacted]", mode: "token" }, tokenFile: "/a/b", maxTokens: 5 },
    hooks: { token: "" },
    list: [{ client_secret: "[redacted]", "X-Api-Key": "[redacted]" }],
    note: "[redacted] inside",
    credentials: { user: "[redacted]", pin: "[redacted]" as unknown as number },
    sessionKey: "agent:main:main",
  });
  expect(config.gateway.auth.token).toBe("s3cret-token");
});

test("a value out of the environment is shown as it was written", () => {
  const references = new Map([
    ["a.url", "${HOST}/v1"],
    ["a.token", "${TOKEN}"],
    ["a.password", "prefix-${TOKEN}"],
  ]);
  const config = { a: { url: "http://internal/v1", token: "tttttt", password: "prefix-tttttt" } };
  expect(redacted(config, references)).toEqual({
    a: { url: "${HOST}/v1", token: "${TOKEN}", password: "[redacted]" },
  });
});

test("the secrets of a config can be listed for the log, short words left out", () => {
  expect([...secretsOf({ token: "abcdef", password: "abc", deep: [{ apiKey: "ghijkl" }] })]).toEqual([
    "abcdef",
    "ghijkl",
  ]);
});

test("config.get's answer fits the contract and has no secret in it, for a good and for a broken file", () => {
  using directory = scratchDir();
  const env = { SLACK: "slack-secret-value", KEY: "model-secret-value" };
  const good = configSnapshot(directory.write("moltbot.json", text), env);
  const broken = configSnapshot(
    directory.write("broken.json", `{gateway: {port: 'x', auth: {token: 's3cret-token'}}}`),
    env,
  );
  const unparsable = configSnapshot(directory.write("unparsable.json", `{token: "s3cret-token" oops`), env);
  const missing = configSnapshot(`${directory.path}/none.json`, env);
  const fits = schemaCheck("result config.get");
  for (const answer of [good, broken, unparsable, missing]) {
    expect(fits(answer)).toBe(true);
    for (const secret of [...secrets, ...Object.values(env)])
      expect(JSON.stringify(answer)).not.toContain(secret);
  }
  expect(good).toMatchObject({ valid: true, exists: true, issues: [] });
  expect(good.config).toMatchObject({ models: { providers: { p: { apiKey: "${KEY}" } } } });
  expect(broken).toMatchObject({ valid: false, exists: true });
  expect(broken.issues[0]?.path).toBe("gateway.port");
  expect(unparsable).toMatchObject({ valid: false, raw: null, exists: true });
  expect(missing).toMatchObject({ valid: true, raw: null, exists: false });
});
