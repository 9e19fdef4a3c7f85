import { expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { isTest, sources } from "./sources.ts";

const house = sources();

test("nothing is exported as default, so that one thing has one name everywhere", () => {
  const found = house.filter(
    ({ text }) => /^export default\b/m.test(text) || /^export \{[^}]*\bas default\b/m.test(text),
  );
  expect(found.map(({ path }) => path)).toEqual([]);
});

test("no source has over 400 lines", () => {
  const long = house
    .filter(({ path }) => path.startsWith("src/") || path.startsWith("protocol/"))
    .map(({ path, text }) => ({ path, lines: text.split("\n").length - 1 }))
    .filter(({ lines }) => lines > 400);
  expect(long).toEqual([]);
});

test("files are named in kebab-case, and after a subject", () => {
  const names = house.map(({ path }) => path.slice(path.lastIndexOf("/") + 1));
  expect(names.filter((name) => !/^[a-z0-9]+(-[a-z0-9]+)*(\.test|\.d)?\.tsx?$/.test(name))).toEqual([]);
  const vague = /(^|\/)(utils?|helpers?|common|types|misc|shared)(\/|\.)/;
  expect(house.filter(({ path }) => vague.test(path)).map(({ path }) => path)).toEqual([]);
});

test("nothing is left for later or kept from the compiler", () => {
  const marks = [/\bTODO\b/, /\bFIXME\b/, /@ts-ignore/, /@ts-nocheck/, /\bas any\b/];
  const found = house
    .filter(({ path }) => path !== "test/house/rules.test.ts")
    .flatMap(({ path, text }) => marks.filter((mark) => mark.test(text)).map((mark) => `${path}: ${mark}`));
  expect(found).toEqual([]);
});

const secretName = String.raw`[\w.]*(?:token|password|secret)`;
const something = String.raw`(?!undefined\b|null\b|true\b|false\b|typeof\b)[A-Za-z_][\w.]*`;
const compared = new RegExp(
  `(?:${secretName}\\s*[!=]==?\\s*${something})|(?:${something}\\s*[!=]==?\\s*${secretName}\\b)`,
  "i",
);

test("no secret is compared in a time that tells how much of it was right", () => {
  const guards = house.filter(({ path }) => /^src\/(gateway|devices)\//.test(path) && !isTest(path));
  const found = guards.flatMap(({ path, text }) =>
    text
      .split("\n")
      .filter((line) => compared.test(line.replace(/"[^"]*"/g, '""')))
      .map((line) => `${path}: ${line.trim()}`),
  );
  expect(found).toEqual([]);
  const auth = house.find(({ path }) => path === "src/gateway/auth.ts");
  expect(auth?.text).toContain("timingSafeEqual(");
});

test("such a comparison would be noticed", () => {
  for (const line of [
    "if (given.token === rules.token)",
    "return secret !== offered;",
    "a == auth.password",
  ]) {
    expect(compared.test(line)).toBe(true);
  }
  for (const line of ["if (token === undefined)", 'mode === ""', "kind === wanted", "token !== null"]) {
    expect(compared.test(line)).toBe(false);
  }
});

test("importing a module does nothing: no timers, no listeners, no servers, no environment", () => {
  const root = fileURLToPath(new URL("../../", import.meta.url));
  // The executable's first line and the page's entry are there to act; the page's modules need a document.
  const modules = house
    .map(({ path }) => path)
    .filter((path) => path.startsWith("src/") || path.startsWith("protocol/"))
    .filter((path) => !isTest(path) && !path.endsWith(".d.ts") && path !== "src/main.ts")
    .filter((path) => !path.startsWith("src/webchat/") || path === "src/webchat/serve.ts");
  expect(
    importedIn(
      root,
      modules.map((path) => `${root}${path}`),
    ),
  ).toBe(`imported ${modules.length}\n`);
});

test("a module that does something by being imported would be noticed", async () => {
  const folder = await mkdtemp(join(tmpdir(), "moltbot-busy-"));
  try {
    const busy = join(folder, "src", "busy.ts");
    await Bun.write(busy, "setInterval(() => {}, 1000);\nexport const home = process.env.HOME;\n");
    expect(importedIn(folder, [busy])).toBe(
      `${busy} calls setInterval when it is imported\n${busy} reads HOME from the environment when it is imported\nimported 1\n`,
    );
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});

/** What happens while the modules are imported, each in a line, in a process of its own. */
function importedIn(folder: string, modules: string[]): string {
  const watcher = readFileSync(new URL("./import-watcher.js", import.meta.url), "utf8");
  const child = Bun.spawnSync([process.execPath, "-e", watcher], {
    cwd: folder,
    env: { ...process.env, WATCHED: JSON.stringify(modules) },
  });
  return child.stdout.toString() + child.stderr.toString();
}
