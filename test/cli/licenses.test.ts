import { expect, test } from "bun:test";
import { join } from "node:path";
import type { BuildConfig, BuildOutput } from "bun";
import { collectNotices, type Notices, packagesOf } from "#src/cli/notices/collect.ts";
import { version } from "../../package.json";
import { frozenPlugin } from "../../protocol/codegen/frozen.ts";
import { validatorsPlugin } from "../../protocol/codegen/standalone.ts";
import { openHome } from "./run-moltbot.ts";

const root = join(import.meta.dir, "../..");

test("every package that the build takes in has a notice, and every notice has a licence and its text", async () => {
  const plugins = [validatorsPlugin(), frozenPlugin()];
  const inside = [
    ...(await packagesIn({
      entrypoints: [join(root, "src/main.ts")],
      target: "bun",
      splitting: true,
      plugins,
    })),
    ...(await packagesIn({ entrypoints: [join(root, "src/webchat/main.ts")], target: "browser" })),
  ];
  // The command line and the page are among them, so that the list is of the whole.
  expect(inside).toContain("citty");
  expect(inside).toContain("preact");
  const { notices, combined, texts } = collectNotices(root, { version: Bun.version });
  const names = notices.map(({ name }) => name);
  expect(inside.filter((name) => !names.includes(name))).toEqual([]);
  // A text that only points to a licence is enough where that comes with it in full.
  const told = (license: string) => texts.some((text) => license.includes(text.license));
  const lacking = notices.filter(({ license, text }) => text.length < 100 && !(text !== "" && told(license)));
  expect(lacking).toEqual([]);
  expect(notices.filter(({ license }) => license === "")).toEqual([]);
  expect(notices[0]).toMatchObject({
    name: "moltbot",
    license: "MIT",
    text: expect.stringContaining("MIT License"),
  });
  expect(notices[1]).toMatchObject({ name: "bun", text: expect.stringContaining("JavaScriptCore") });
  expect(combined === null).toBe(!names.includes("@whiskeysockets/baileys"));
}, 60_000);

async function packagesIn(build: BuildConfig): Promise<string[]> {
  const built: BuildOutput = await Bun.build({ ...build, metafile: true });
  return packagesOf(Object.keys(built.metafile?.inputs ?? {}));
}

test("the command shows them as a table, word for word, one by one, and as JSON", async () => {
  using home = openHome();
  const table = await home.run(["licenses"]);
  expect(table.code).toBe(0);
  expect(table.out).toMatch(new RegExp(`^moltbot +${version} +MIT\nbun +${Bun.version} +MIT AND LGPL`));
  expect(table.out).toMatch(/\ndompurify +\S+ +\(MPL-2\.0 OR Apache-2\.0\)\n/);
  const full = (await home.run(["licenses", "--full"])).out;
  expect(full).toContain("GNU LESSER GENERAL PUBLIC LICENSE");
  expect(full).toContain("Jason Miller");
  const all: Notices = JSON.parse((await home.run(["licenses", "--json"])).out);
  const apache = all.notices.find(({ license }) => license === "Apache-2.0")?.name ?? "";
  const one = (await home.run(["licenses", apache])).out;
  expect(one).toStartWith(`${apache} `);
  // The notice points to a text that therefore comes with it.
  expect(one).toContain("TERMS AND CONDITIONS FOR USE, REPRODUCTION, AND DISTRIBUTION");
  expect(all.notices.find(({ name }) => name === "citty")?.text).toContain("Permission is hereby granted");
  expect(await home.run(["licenses", "preactt"])).toMatchObject({
    code: 2,
    err: 'error: there is no "preactt" inside\n  did you mean preact?\n',
  });
});
