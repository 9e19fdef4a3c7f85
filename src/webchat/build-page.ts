import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { BuildMetafile, BunPlugin } from "bun";

/** A file of the page as the bundler makes it. */
export interface BuiltFile {
  name: string;
  type: string;
  bytes: Uint8Array<ArrayBuffer>;
}

/** Bundles the page. Unlike in the gateway names are shortened, since every byte is on somebody's way to it. */
export async function buildPage(): Promise<BuiltFile[]> {
  const { outputs, metafile } = await Bun.build({
    entrypoints: [join(import.meta.dir, "index.html")],
    target: "browser",
    minify: true,
    splitting: true,
    publicPath: "/",
    define: { "process.env.NODE_ENV": '"production"' },
    metafile: true,
    modulePreload: false,
  });
  const files = await Promise.all(
    outputs.map(async (output) => ({
      name: output.path.slice(output.path.lastIndexOf("/") + 1),
      type: output.type,
      bytes: new Uint8Array(await output.arrayBuffer()),
    })),
  );
  const whole = await withOneScript(files, earlyScripts(metafile?.outputs ?? {}));
  return withDocument(whole, await bundleKnock());
}

/** The script that stands in the document: it has to be one text, and to run at once. */
async function bundleKnock(): Promise<string> {
  const { outputs } = await Bun.build({
    entrypoints: [join(import.meta.dir, "knock.ts")],
    target: "browser",
    format: "iife",
    minify: true,
  });
  const script = ((await outputs[0]?.text()) ?? "").trim();
  if (script === "" || script.includes("</"))
    throw new Error("the first script cannot stand in the document");
  return script;
}

/** The scripts that the page consists of before it fetches a part: the entry, and those that it imports at once. */
function earlyScripts(outputs: BuildMetafile["outputs"]): string[] {
  const entry = Object.keys(outputs).find(
    (path) => path.endsWith(".js") && outputs[path]?.entryPoint?.endsWith("/index.html"),
  );
  if (entry === undefined) throw new Error("the bundler made no script of index.html");
  const found = new Set([entry]);
  for (const path of found) {
    for (const { kind, path: next } of outputs[path]?.imports ?? []) {
      if (kind === "import-statement") found.add(next);
    }
  }
  return [...found].map(nameOf);
}

function nameOf(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}

/**
 * The files with those that the page begins with made one, since each file that is fetched keeps the page waiting.
 * The parts that come later import from it what they imported from the several.
 */
async function withOneScript(files: readonly BuiltFile[], early: readonly string[]): Promise<BuiltFile[]> {
  const texts = new Map(files.map(({ name, bytes }) => [name, new TextDecoder().decode(bytes)]));
  const isEarly = new Set(early);
  const exported = early.flatMap(
    (name) => new Bun.Transpiler({ loader: "js" }).scan(texts.get(name) ?? "").exports,
  );
  if (new Set(exported).size < exported.length)
    throw new Error(`scripts that are to be one export the same name: ${exported.toSorted().join(" ")}`);
  const { outputs } = await Bun.build({
    entrypoints: ["early.js"],
    target: "browser",
    minify: true,
    plugins: [
      {
        name: "early",
        setup(build) {
          build.onResolve({ filter: /./ }, ({ path, kind }) =>
            kind === "entry-point-build" || isEarly.has(nameOf(path))
              ? { path: nameOf(path), namespace: "early" }
              : { path, external: true },
          );
          build.onLoad({ filter: /./, namespace: "early" }, ({ path }) => ({
            contents: texts.get(path) ?? early.map((name) => `export * from "/${name}";`).join("\n"),
            loader: "js",
          }));
        },
      },
    ],
  });
  const joined = (await outputs[0]?.text()) ?? "";
  // Names are kept for good by browsers: one that imports another file than before needs another name.
  const hash = (text: string) => Bun.hash(text).toString(36).padStart(8, "0").slice(-8);
  const name = `page-${hash(joined)}.js`;
  const names = new Map(
    [...texts.keys()].map((old) => {
      if (isEarly.has(old)) return [old, name];
      return [old, old.endsWith(".js") ? `part-${hash(old + name)}.js` : old];
    }),
  );
  const renamed = (text: string) => text.replace(/(?<="\/?)[\w-]+\.js(?=")/g, (old) => names.get(old) ?? old);
  const encode = (text: string) => new TextEncoder().encode(renamed(text));
  return [
    ...files
      .filter((file) => !isEarly.has(file.name))
      .map((file) => ({
        ...file,
        name: names.get(file.name) ?? file.name,
        bytes: /\.(?:js|html)$/.test(file.name) ? encode(texts.get(file.name) ?? "") : file.bytes,
      })),
    { name, type: "text/javascript;charset=utf-8", bytes: encode(joined) },
  ];
}

/** The files with the document made whole: the styles and the script that runs first stand in it. */
function withDocument(files: readonly BuiltFile[], knock: string): BuiltFile[] {
  const document = files.find(({ name }) => name.endsWith(".html"));
  const styles = files.find(({ name }) => name.endsWith(".css"));
  if (document === undefined || styles === undefined)
    throw new Error("the bundler made no document, or no styles");
  const text = ({ bytes }: BuiltFile) => new TextDecoder().decode(bytes);
  const html = text(document)
    .replace(/<link rel="stylesheet"[^>]*>/, () => `<style>${text(styles).trim()}</style>`)
    // The bundler drops the words: the script need not wait for the document, but the first painting for the script.
    .replace(
      '<script type="module" ',
      () => `<script data-base="/">${knock}</script><script type="module" async blocking="render" `,
    );
  return files
    .filter((file) => file !== styles)
    .map((file) => (file === document ? { ...file, bytes: new TextEncoder().encode(html) } : file));
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
