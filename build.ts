/** Writes the executable: `bun build.ts` for this host, `bun build.ts --target bun-darwin-arm64` for another. */
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { parseArgs } from "node:util";
import type { Build, BunPlugin } from "bun";
import { version } from "./package.json";
import { frozenPlugin } from "./protocol/codegen/frozen.ts";
import { validatorsPlugin } from "./protocol/codegen/standalone.ts";
import { collectNotices, type Notices, packagesOf } from "./src/cli/notices/collect.ts";
import { pagePlugin } from "./src/webchat/build-page.ts";

const { values } = parseArgs({
  options: { target: { type: "string" }, outfile: { type: "string", default: "dist/moltbot" } },
});
const root = import.meta.dir;
const outfile = join(root, values.outfile);
const { host, target, executable } = targetOf(values.target);
const notices = collectNotices(root, { version: Bun.version });

await rm(executable, { force: true });
const started = performance.now();
const result = await Bun.build({
  entrypoints: [join(root, "src/main.ts")],
  format: "esm",
  splitting: true,
  bytecode: true,
  // Names stay: a stack in somebody's log should be readable.
  minify: { whitespace: true, syntax: true, identifiers: false },
  define: {
    "process.env.NODE_ENV": '"production"',
    MOLTBOT_VERSION: JSON.stringify(version),
    MOLTBOT_COMMIT: JSON.stringify(await commit()),
    MOLTBOT_BUILT_AT: JSON.stringify(new Date(await commitTime()).toISOString()),
  },
  plugins: [validatorsPlugin(), frozenPlugin(), noticesPlugin(notices), await pagePlugin()],
  metafile: true,
  compile: {
    outfile,
    ...(target === undefined ? {} : { target }),
    // Nothing in the directory that it is started in may become part of it.
    autoloadDotenv: false,
    autoloadBunfig: false,
  },
  throw: false,
});
if (!result.success) {
  for (const message of result.logs) console.error(message);
  process.exit(1);
}
if (result.metafile === undefined) throw new Error("the build does not say what went in");
const named = new Set(notices.notices.map(({ name }) => name));
const silent = packagesOf(Object.keys(result.metafile.inputs)).filter((name) => !named.has(name));
if (silent.length > 0) {
  console.error(
    `${silent.join(", ")} would be inside without a notice; put it into package.json's dependencies`,
  );
  await rm(executable, { force: true });
  process.exit(1);
}
const { size } = Bun.file(executable);
const seconds = ((performance.now() - started) / 1000).toFixed(1);
console.log(`${values.outfile} for ${host}: ${(size / 1e6).toFixed(1)} MB in ${seconds} s`);

function targetOf(name: string | undefined) {
  const ending =
    (name ?? process.platform).includes("win") && !(name ?? process.platform).includes("darwin")
      ? ".exe"
      : "";
  const executable = outfile + ending;
  if (name === undefined)
    return { host: `${process.platform}-${process.arch}`, target: undefined, executable };
  return { host: name.replace(/^bun-/, ""), target: name as Build.CompileTarget, executable };
}

/** Puts the notices of everything inside into the executable, where `moltbot licenses` finds them. */
function noticesPlugin(all: Notices): BunPlugin {
  const packed = Bun.zstdCompressSync(JSON.stringify(all), { level: 19 }).toString("base64");
  return {
    name: "notices",
    setup(build) {
      build.onLoad({ filter: /[\\/]src[\\/]cli[\\/]notices[\\/]notices\.ts$/ }, () => ({
        contents: `const packed = "${packed}";
export async function readNotices() {
  return JSON.parse(String(await Bun.zstdDecompress(Buffer.from(packed, "base64"))));
}`,
        loader: "js",
      }));
    },
  };
}

/** The commit that is built, with a mark when the tree differs from it; `unknown` outside a checkout. */
async function commit(): Promise<string> {
  const head = await git("rev-parse", "--short=12", "HEAD");
  if (head === null) return "unknown";
  return (await git("status", "--porcelain")) === "" ? head : `${head}+`;
}

/** The commit's time, so that two builds of it are the same; the epoch outside a checkout. */
async function commitTime(): Promise<number> {
  const seconds = await git("log", "-1", "--format=%ct");
  return seconds === null ? 0 : Number(seconds) * 1000;
}

async function git(...args: string[]): Promise<string | null> {
  try {
    const child = Bun.spawn(["git", ...args], { cwd: root, stdout: "pipe", stderr: "ignore" });
    const text = (await new Response(child.stdout).text()).trim();
    return (await child.exited) === 0 ? text : null;
  } catch {
    return null;
  }
}
