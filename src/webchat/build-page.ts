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
    // Which files are wanted early is said below; the bundler would name all of them to every visitor.
    modulePreload: false,
  });
  const files = await Promise.all(
    outputs.map(async (output) => ({
      name: output.path.slice(output.path.lastIndexOf("/") + 1),
      type: output.type,
      bytes: new Uint8Array(await output.arrayBuffer()),
    })),
  );
  const made = metafile?.outputs ?? {};
  const early = partsOf(made, ["index.html", "page.tsx"]);
  const knock = await bundleKnock();
  const texts = ["en", "zh"].map((language) => ({ language, names: partsOf(made, [`${language}.ts`]) }));
  return files.map((file) =>
    file.type.startsWith("text/html") ? withPreloads(file, { knock, early, texts }) : file,
  );
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

/** The scripts that some entries consist of: their own, and those that they import at once. */
function partsOf(outputs: BuildMetafile["outputs"], entries: readonly string[]): string[] {
  const isEntry = (path: string) => entries.some((entry) => outputs[path]?.entryPoint?.endsWith(`/${entry}`));
  const open = Object.keys(outputs).filter((path) => path.endsWith(".js") && isEntry(path));
  if (open.length !== entries.length)
    throw new Error(`the bundler made no script of ${entries.join(" or ")}`);
  const found = new Set<string>();
  for (let path = open.pop(); path !== undefined; path = open.pop()) {
    if (found.has(path)) continue;
    found.add(path);
    const { imports = [] } = outputs[path] ?? {};
    open.push(...imports.filter(({ kind }) => kind === "import-statement").map((each) => each.path));
  }
  return [...found].map((path) => path.slice(path.lastIndexOf("/") + 1));
}

/** What the document itself has to name or hold. */
interface EarlyParts {
  knock: string;
  early: readonly string[];
  texts: readonly { language: string; names: readonly string[] }[];
}

/** Has the browser fetch files before a script asks for them; of the texts, whoever serves it leaves one language. */
function withPreloads(page: BuiltFile, { knock, early, texts }: EarlyParts): BuiltFile {
  const html = new TextDecoder().decode(page.bytes);
  const preload = (name: string, more = "") =>
    `<link rel="modulepreload" crossorigin href="/${name}"${more}>`;
  const links = [
    ...early.filter((name) => !html.includes(`"/${name}"`)).map((name) => preload(name)),
    ...texts.flatMap(({ language, names }) =>
      names.filter((name) => !early.includes(name)).map((name) => preload(name, ` hreflang="${language}"`)),
    ),
  ];
  if (!html.includes("</head>")) throw new Error("the page has no head to name its parts in");
  const whole = html
    // Before the stylesheets, which a script waits for.
    .replace(/(?=<link rel="stylesheet")/, () => `<script data-base="/">${knock}</script>`)
    .replace("</head>", () => `${links.join("")}</head>`)
    // The bundler drops the word: the entry need not wait for the stylesheet.
    .replace('<script type="module" ', '<script type="module" async ');
  return { ...page, bytes: new TextEncoder().encode(whole) };
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
