import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { BunPlugin } from "bun";

/** A file of the page as the bundler makes it. */
export interface BuiltFile {
  name: string;
  type: string;
  bytes: Uint8Array<ArrayBuffer>;
}

/** Bundles the page. Unlike in the gateway names are shortened, since every byte is on somebody's way to it. */
export async function buildPage(): Promise<BuiltFile[]> {
  const { outputs } = await Bun.build({
    entrypoints: [join(import.meta.dir, "index.html")],
    target: "browser",
    minify: true,
    splitting: true,
    publicPath: "/",
    define: { "process.env.NODE_ENV": '"production"' },
  });
  return Promise.all(
    outputs.map(async (output) => ({
      name: output.path.slice(output.path.lastIndexOf("/") + 1),
      type: output.type,
      bytes: new Uint8Array(await output.arrayBuffer()),
    })),
  );
}

/** Puts the page into an executable; the bundler cannot bundle it while it bundles the rest. */
export async function pagePlugin(): Promise<BunPlugin> {
  // Names tell the content, so builds at the same time do not get in each other's way.
  const directory = join(import.meta.dir, "../../node_modules/.cache/moltbot-page");
  await mkdir(directory, { recursive: true });
  const files = await buildPage();
  await Promise.all(files.map(({ name, bytes }) => writeFile(join(directory, name), bytes)));
  const imports = files.map(
    ({ name }, index) =>
      `import path${index} from ${JSON.stringify(join(directory, name))} with { type: "file" };`,
  );
  const entries = files.map(
    ({ name, type }, index) =>
      `{ name: ${JSON.stringify(name)}, type: ${JSON.stringify(type)}, path: path${index} }`,
  );
  const contents = `${imports.join("\n")}\nexport const embeddedPage = [${entries.join(", ")}];\n`;
  return {
    name: "page",
    setup(build) {
      build.onLoad({ filter: /[\\/]webchat[\\/]embedded-page\.ts$/ }, () => ({ contents, loader: "js" }));
    },
  };
}
