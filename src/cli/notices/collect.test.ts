import { expect, test } from "bun:test";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { collectNotices, packagesOf } from "./collect.ts";

const own = { name: "mine", version: "1.0.0", license: "MIT" };
const mit = { version: "1.0.0", license: "MIT" };

/** A checkout of these files; objects are package manifests. */
function gathered(files: Record<string, object | string>) {
  const root = mkdtempSync(join(tmpdir(), "moltbot-notices-"));
  try {
    for (const [name, content] of Object.entries({
      LICENSE: "my terms",
      NOTICE: "the whole is under the GPL",
      ...files,
    })) {
      const path = join(root, typeof content === "string" ? name : join(name, "package.json"));
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, typeof content === "string" ? content : JSON.stringify(content));
    }
    return collectNotices(root, { version: "9.9.9" });
  } finally {
    rmSync(root, { recursive: true });
  }
}

test("all that is needed in production is named, in each of its versions; what is for building is not", () => {
  const { notices } = gathered({
    ".": { ...own, dependencies: { a: "1", "@s/b": "1" }, devDependencies: { tool: "1" } },
    "node_modules/a": { ...mit, name: "a", dependencies: { c: "1" }, peerDependencies: { absent: "1" } },
    "node_modules/a/LICENSE.md": "terms of a",
    "node_modules/a/NOTICE": "a notice of a",
    "node_modules/a/node_modules/c": { ...mit, name: "c", version: "2.0.0" },
    "node_modules/a/node_modules/c/license": "terms of c 2",
    "node_modules/@s/b": { ...mit, name: "@s/b", dependencies: { c: "1", a: "1" } },
    "node_modules/@s/b/COPYING": "terms of b",
    "node_modules/c": { ...mit, name: "c" },
    "node_modules/c/LICENCE.txt": "terms of c 1",
    "node_modules/tool": { ...mit, name: "tool" },
  });
  expect(notices.map(({ name, version, text }) => [name, version, name === "bun" ? "" : text])).toEqual([
    ["mine", "1.0.0", "my terms"],
    ["bun", "9.9.9", ""],
    ["@s/b", "1.0.0", "terms of b"],
    ["a", "1.0.0", "terms of a\n\na notice of a"],
    ["c", "2.0.0", "terms of c 2"],
    ["c", "1.0.0", "terms of c 1"],
  ]);
});

test("a package without a licence, or without its text, stops the build", () => {
  const root = { ...own, dependencies: { a: "1" } };
  const nameless = {
    ".": root,
    "node_modules/a": { name: "a", version: "1.0.0" },
    "node_modules/a/LICENSE": "terms",
  };
  expect(() => gathered(nameless)).toThrow("a 1.0.0 has no licence");
  expect(() => gathered({ ".": root, "node_modules/a": { ...mit, name: "a" } })).toThrow(
    "a 1.0.0 has no licence",
  );
});

test("packages of one repository share its licence text", () => {
  const shared = { ...mit, repository: { url: "git+https://example.org/r.git" } };
  const { notices } = gathered({
    ".": { ...own, dependencies: { a: "1", b: "1" } },
    "node_modules/a": { ...shared, name: "a" },
    "node_modules/b": { ...shared, name: "b" },
    "node_modules/b/LICENSE": "terms of both",
  });
  expect(notices.slice(2).map(({ text }) => text)).toEqual(["terms of both", "terms of both"]);
});

test("one part under the GPL makes it hold for the whole, which is said", () => {
  const whole = (license: string) =>
    gathered({
      ".": { ...own, dependencies: { a: "1" } },
      "node_modules/a": { name: "a", version: "1.0.0", license },
      "node_modules/a/LICENSE": "terms",
    }).combined;
  expect(whole("GPL-3.0")).toBe("the whole is under the GPL");
  expect(whole("GPL-3.0-only")).toBe("the whole is under the GPL");
  for (const free of ["MIT", "LGPL-3.0", "(MIT OR GPL-3.0-or-later)", "Apache-2.0"])
    expect(whole(free)).toBeNull();
});

test("a file's package is the innermost one", () => {
  const files = [
    "src/main.ts",
    "node_modules/a/x.js",
    "node_modules/.cache/page.js",
    "node_modules/a/node_modules/@s/b/c/d.js",
    "node_modules\\e\\f.js",
  ];
  expect(packagesOf(files)).toEqual(["@s/b", "a", "e"]);
});
