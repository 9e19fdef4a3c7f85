// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the config's own references look like this
import { expect, test } from "bun:test";
import { symlinkSync } from "node:fs";
import { join } from "node:path";
import { scratchDir } from "../../test/store/scratch-dir.ts";
import { ConfigError } from "./error.ts";
import { type LoadedConfig, loadConfig } from "./load.ts";

function load(
  text: string,
  env: Record<string, string> = {},
  others: Record<string, string> = {},
): LoadedConfig {
  using directory = scratchDir();
  for (const [name, other] of Object.entries(others)) directory.write(name, other);
  return loadConfig({ path: directory.write("moltbot.json", text), env });
}

test("$include merges objects, joins lists, and the including file wins", () => {
  const loaded = load(
    "{$include: ['./base.json5', 'more/over.json'], gateway: {port: 3}, agents: {$include: './agents.json'}}",
    { KEY: "k" },
    {
      "base.json5": "{gateway: {port: 1, bind: 'lan', hosts: ['a']}, ui: {seamColor: '#111111'}}",
      "more/over.json": "{gateway: {port: 2, hosts: ['b']}, channels: {$include: './channels.json'}}",
      "more/channels.json": "{telegram: {botToken: '${KEY}'}}",
      "agents.json": "{list: [{id: 'one'}]}",
    },
  );
  expect(loaded.issues).toEqual([]);
  expect(loaded.config.gateway).toMatchObject({ port: 3, bind: "lan", hosts: ["a", "b"] });
  expect(loaded.config.channels).toEqual({ telegram: { botToken: "k" } });
  expect(loaded.config.agents.list).toEqual([{ id: "one" }]);
  expect(loaded.includes.map((path) => path.split("/").at(-1))).toEqual([
    "agents.json",
    "base.json5",
    "over.json",
    "channels.json",
  ]);
});

test("a mistake in an included file is named with that file's line", () => {
  const loaded = load(
    "{cron: {$include: './cron.json'}}",
    {},
    { "cron.json": "{\n  maxConcurrentRuns: 0\n}" },
  );
  expect(loaded.issues[0]?.message).toEndWith("(cron.json:2:22)");
  const broken = load("{cron: {$include: './cron.json'}}", {}, { "cron.json": "{\n  a b\n}" });
  expect(broken.off).toEqual(["cron"]);
  expect(broken.issues[0]?.message).toContain("invalid character 'b' at cron.json:2:5");
});

test.each([
  ["a missing file", "{cron: {$include: './none.json'}}", "there is no such file"],
  ["a cycle", "{cron: {$include: './loop.json'}}", "it includes itself"],
  ["a chain that is too long", "{cron: {$include: './deep0.json'}}", "more than 10 files"],
  ["a way out by ..", "{cron: {$include: '../outside.json'}}", "it lies outside"],
  ["an absolute way out", "{cron: {$include: '/etc/hostname'}}", "it lies outside"],
  ["no name", "{cron: {$include: 5}}", "$include takes a file name or a list of them"],
  ["a list beside keys", "{cron: {$include: './list.json', enabled: true}}", "must be an object"],
])("%s in $include switches its section off", (_, text, complaint) => {
  using outer = scratchDir();
  outer.write("outside.json", "{}");
  outer.write("config/loop.json", "{$include: './loop.json'}");
  outer.write("config/list.json", "[]");
  for (let depth = 0; depth < 12; depth++) {
    outer.write(`config/deep${depth}.json`, `{$include: './deep${depth + 1}.json'}`);
  }
  const loaded = loadConfig({ path: outer.write("config/moltbot.json", text), env: {} });
  expect(loaded.off).toEqual(["cron"]);
  expect(loaded.issues[0]?.message).toContain(complaint);
});

test("a link inside the config's directory does not lead $include out of it", () => {
  using outer = scratchDir();
  const path = outer.write("config/moltbot.json", "{cron: {$include: './link.json'}}");
  symlinkSync(outer.write("secret.json", "{enabled: false}"), join(outer.path, "config", "link.json"));
  expect(loadConfig({ path, env: {} }).issues[0]?.message).toContain("it lies outside");
});

test("a broken $include at the top or under gateway ends the start", () => {
  expect(() => load("{$include: './none.json'}")).toThrow(ConfigError);
  expect(() => load("{gateway: {auth: {$include: './none.json'}}}")).toThrow(ConfigError);
});
