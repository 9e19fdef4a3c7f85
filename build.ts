/**
 * Writes executables: `bun build.ts` for this host, `--target linux-x64-musl` for another, `--all` for every one;
 * `--release DIR` puts archives of all (or of the `--target`s) there, with SHA256SUMS and, given `--base-url`, the
 * Homebrew formula.
 */
import { createPrivateKey, createPublicKey, type KeyObject, sign } from "node:crypto";
import { mkdir, rm } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { parseArgs } from "node:util";
import type { Build, BunPlugin } from "bun";
import { dependencies, description, license, version as packaged } from "./package.json";
import { frozenPlugin } from "./protocol/codegen/frozen.ts";
import { validatorsPlugin } from "./protocol/codegen/standalone.ts";
import { collectNotices, type Notices, packagesOf } from "./src/cli/notices/collect.ts";
import { formula, type Released } from "./src/packaging/formula.ts";
import { signAdHoc, signatureProblems, signedName } from "./src/packaging/mach-o.ts";
import { archive, companions, sums, writeArchive } from "./src/packaging/release.ts";
import { sbom } from "./src/packaging/sbom.ts";
import { shownPath } from "./src/packaging/shown-path.ts";
import { type Target, targetNamed, targets } from "./src/packaging/targets.ts";
import { pagePlugin } from "./src/webchat/build-page.ts";

const { values } = parseArgs({
  options: {
    target: { type: "string", multiple: true },
    outfile: { type: "string" },
    all: { type: "boolean", default: false },
    release: { type: "string" },
    "base-url": { type: "string" },
    // For a release that is not the checkout's.
    "as-version": { type: "string", default: packaged },
    // The Ed25519 key that `moltbot update` trusts: 32 bytes in base64. Without one updating is off.
    "update-key": { type: "string" },
    // The private half, as PEM: signs the sums of a release, and implies its public half.
    "sign-key": { type: "string" },
  },
});
const version = values["as-version"];
const signatureName = "com.moltbot.moltbot";
const signKey = values["sign-key"] === undefined ? null : await signingKey(values["sign-key"]);
const updateKey = trustedKey();
const root = import.meta.dir;
const notices = collectNotices(root, { version: Bun.version });
const head = await commit();
const builtAt = new Date(await commitTime());
const plugins = [validatorsPlugin(), frozenPlugin(), noticesPlugin(notices), await pagePlugin()];

const named = values.target?.map(targetNamed);
if (values.release !== undefined) await release(resolve(values.release), named ?? targets);
else if (values.all || (named !== undefined && named.length > 1)) {
  for (const target of named ?? targets) await compile(target, join(root, "dist", target.name, "moltbot"));
} else await compile(named?.[0] ?? null, resolve(root, values.outfile ?? "dist/moltbot"));

/** Writes one executable, for this host where the target is null; resolves with its path. */
async function compile(target: Target | null, outfile: string): Promise<string> {
  const host = target?.name ?? `${process.platform}-${process.arch}`;
  const ending = host.startsWith("win") && !outfile.endsWith(".exe") ? ".exe" : "";
  const executable = outfile + ending;
  await rm(executable, { force: true });
  await mkdir(dirname(executable), { recursive: true });
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
      MOLTBOT_UPDATE_KEY: JSON.stringify(updateKey),
      MOLTBOT_COMMIT: JSON.stringify(head),
      MOLTBOT_BUILT_AT: JSON.stringify(builtAt.toISOString()),
    },
    plugins,
    metafile: true,
    compile: {
      outfile,
      ...(target === null ? {} : { target: target.bun as Build.CompileTarget }),
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
  const noticed = new Set(notices.notices.map(({ name }) => name));
  const silent = packagesOf(Object.keys(result.metafile.inputs)).filter((name) => !noticed.has(name));
  if (silent.length > 0) {
    console.error(
      `${silent.join(", ")} would be inside without a notice; put it into package.json's dependencies`,
    );
    await rm(executable, { force: true });
    process.exit(1);
  }
  if (host.startsWith("darwin")) await makeSigned(executable);
  const { size } = Bun.file(executable);
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  const shown = shownPath(root, executable);
  console.log(`${shown} for ${host}: ${(size / 1e6).toFixed(1)} MB in ${seconds} s`);
  return executable;
}

/**
 * macOS runs nothing whose pages are not as signed, and Bun leaves the signature of an x64 executable stale. It also
 * signs every executable under one name, by which the system would take each for the other.
 */
async function makeSigned(executable: string): Promise<void> {
  const bytes = Buffer.from(await Bun.file(executable).arrayBuffer());
  const name = signedName(bytes);
  const stale = [
    ...signatureProblems(bytes),
    ...(name === signatureName ? [] : [`it was signed as ${name ?? "nothing"}`]),
  ];
  if (stale.length === 0) return;
  const signed = signAdHoc(bytes, signatureName);
  const left = signatureProblems(signed);
  if (left.length > 0) throw new Error(`the new signature is wrong too: ${left.join("; ")}`);
  await Bun.write(executable, signed, { mode: 0o755 });
  console.log(`signed anew, since ${stale.join("; ")}`);
}

async function release(directory: string, wanted: readonly Target[]): Promise<void> {
  const facts = { version, builtAt };
  const lock = await Bun.file(join(root, "bun.lock")).text();
  const combined = notices.combined === null ? license : "GPL-3.0-only";
  const bill = { name: "moltbot", version, license: combined, dependencies, bunVersion: Bun.version };
  const names = ["LICENSE", "NOTICE", "README.md"];
  const texts = await Promise.all(
    names.map(async (name) => [name, await Bun.file(join(root, name)).text()] as const),
  );
  const beside = await companions({
    ...facts,
    notices,
    sbom: sbom({ ...bill, lock, notices, builtAt }),
    texts: Object.fromEntries(texts),
  });
  const archives: Released[] = [];
  for (const target of wanted) {
    const executable = await compile(target, join(root, "dist", target.name, "moltbot"));
    const bytes = Buffer.from(await Bun.file(executable).arrayBuffer());
    archives.push(await writeArchive(directory, target, archive(target, bytes, beside, facts)));
  }
  const list = sums(archives);
  await Bun.write(join(directory, "SHA256SUMS"), list);
  if (signKey !== null) {
    const signature = sign(null, Buffer.from(list), signKey).toString("base64");
    await Bun.write(join(directory, "SHA256SUMS.sig"), `${signature}\n`);
  }
  console.log(`${archives.length} archives in ${directory}`);
  const baseUrl = values["base-url"];
  if (baseUrl === undefined) return;
  const text = formula({ version, license: combined, description, baseUrl, archives });
  await Bun.write(join(directory, "moltbot.rb"), text);
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

async function signingKey(path: string): Promise<KeyObject> {
  const key = createPrivateKey(await Bun.file(path).text());
  if (key.asymmetricKeyType === "ed25519") return key;
  throw new Error(`--sign-key: ${path} holds no Ed25519 key`);
}

/** The public key that is compiled in; null without one. */
function trustedKey(): string | null {
  const given = values["update-key"];
  if (given !== undefined && Buffer.from(given, "base64").length !== 32) {
    throw new Error("--update-key is a raw Ed25519 public key: 32 bytes in base64");
  }
  if (signKey === null) return given ?? null;
  const own = createPublicKey(signKey)
    .export({ format: "der", type: "spki" })
    .subarray(-32)
    .toString("base64");
  if (given !== undefined && given !== own)
    throw new Error("--update-key is not the public half of --sign-key");
  return own;
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
