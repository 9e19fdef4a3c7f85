import { expect, setDefaultTimeout, test } from "bun:test";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buildPage, pagePlugin } from "#src/webchat/build-page.ts";
import { createPage } from "#src/webchat/serve.ts";

setDefaultTimeout(60_000);

test("an executable carries the whole page with it, in an empty directory: the same that is served from source", async () => {
  const directory = await mkdtemp(join(tmpdir(), "moltbot-page-"));
  try {
    const entry = join(import.meta.dir, "embedded-entry.ts");
    const outfile = join(directory, "page");
    await Bun.build({
      entrypoints: [entry],
      format: "esm",
      splitting: true,
      bytecode: true,
      // As the real build has it.
      minify: { whitespace: true, syntax: true },
      plugins: [await pagePlugin()],
      compile: { outfile, autoloadDotenv: false, autoloadBunfig: false },
    });
    const empty = await mkdtemp(join(directory, "empty-"));
    const run = Bun.spawnSync([outfile], { cwd: empty, stderr: "inherit" });
    expect(run.exitCode).toBe(0);
    const served = JSON.parse(run.stdout.toString()) as { path: string; type: string; zipped: number }[];
    expect([...new Set(served.map(({ type }) => type.split(";")[0]))].sort()).toEqual([
      "image/svg+xml",
      "text/html",
      "text/javascript",
    ]);
    const names = (await buildPage()).map(({ name }) =>
      name.endsWith(".html") ? "/bot/" : `/bot/assets/${name}`,
    );
    expect(served.map(({ path }) => path).sort()).toEqual(names.sort());
  } finally {
    await rm(directory, { recursive: true });
  }
});

test("from source the page is built on the spot, wherever the process stands", async () => {
  const page = await createPage({ basePath: "" });
  expect(page.respond("/", new Request("http://localhost/"))?.status).toBe(200);
});
