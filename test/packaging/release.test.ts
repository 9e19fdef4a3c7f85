/** Releases as the build writes them. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { commands } from "#src/cli/commands.ts";
import { signAdHoc, signatureProblems, signedName } from "#src/packaging/mach-o.ts";
import { targets } from "#src/packaging/targets.ts";
import { missingProgram } from "../daemon/supervisor.ts";

const root = join(import.meta.dir, "../..");
const host = `${process.platform}-${process.arch}`;
let folder: string;
let unpacked: string;

async function build(...args: string[]): Promise<void> {
  const child = Bun.spawn([process.execPath, "build.ts", ...args], {
    cwd: root,
    stdout: "pipe",
    stderr: "pipe",
  });
  const said = await new Response(child.stderr).text();
  if ((await child.exited) !== 0) throw new Error(said);
}

const outputOf = (program: string, ...args: string[]) => {
  const child = Bun.spawnSync([program, ...args], { env: { PATH: process.env.PATH ?? "", HOME: folder } });
  return { code: child.exitCode, text: child.stdout.toString() + child.stderr.toString() };
};

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "moltbot-release-"));
  await build("--target", host, "--release", join(folder, "one"));
  await build("--target", host, "--release", join(folder, "two"));
  const [archive = ""] = readdirSync(join(folder, "one")).filter((name) => name.endsWith(".tar.gz"));
  expect(outputOf("tar", "-xzf", join(folder, "one", archive), "-C", folder).code).toBe(0);
  unpacked = join(folder, archive.replace(".tar.gz", ""));
}, 120_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test("two builds of one commit are the same, byte for byte", () => {
  const files = readdirSync(join(folder, "one")).sort();
  expect(files).toEqual(["SHA256SUMS", expect.stringMatching(/^moltbot-.*\.tar\.gz$/)]);
  for (const file of files) {
    const [one, two] = ["one", "two"].map((each) => readFileSync(join(folder, each, file)));
    expect([file, one?.equals(two as Buffer)]).toEqual([file, true]);
  }
});

test("the sums are those of the archives, in the form that sha256sum reads", () => {
  const check = Bun.spawnSync(["sha256sum", "--check", "--strict", "SHA256SUMS"], {
    cwd: join(folder, "one"),
  });
  expect(check.exitCode).toBe(0);
});

test("the executable of the archive runs, and heeds nothing in the directory that it is started in", async () => {
  const program = join(unpacked, "moltbot");
  await Bun.write(join(folder, ".env"), "MOLTBOT_STATE_DIR=/from/the/directory\n");
  await Bun.write(join(folder, "bunfig.toml"), 'preload = ["./stranger.ts"]\n');
  await Bun.write(join(folder, "stranger.ts"), 'console.log("a stranger was here");\n');
  const started = Bun.spawnSync([program, "config", "path"], { cwd: folder, env: { HOME: folder } });
  expect(started.stdout.toString()).toBe(`${join(folder, ".local/state/moltbot/moltbot.json")}\n`);
  const printed = Bun.spawnSync([program, "service", "install", "--print"], {
    cwd: folder,
    env: { HOME: folder },
  });
  if (process.platform === "linux")
    expect(printed.stdout.toString()).toContain(`ExecStart=${program} gateway`);
});

test("the licences, the bill of materials, the man pages and the completions lie beside it", () => {
  const files = [...new Bun.Glob("**/*").scanSync(unpacked)].sort();
  for (const file of ["LICENSE", "NOTICE", "README.md", "THIRD-PARTY-NOTICES.txt", "sbom.cdx.json"]) {
    expect(files).toContain(file);
  }
  for (const name of ["moltbot.bash", "_moltbot", "moltbot.fish"])
    expect(files).toContain(`completions/${name}`);
  for (const name of Object.keys(commands)) expect(files).toContain(`man/man1/moltbot-${name}.1`);
  expect(readFileSync(join(unpacked, "THIRD-PARTY-NOTICES.txt"), "utf8")).toContain("preact");
});

test("the bill of materials names what is inside, with hash and licence, and nothing of development", () => {
  const bill = JSON.parse(readFileSync(join(unpacked, "sbom.cdx.json"), "utf8"));
  expect(bill).toMatchObject({ bomFormat: "CycloneDX", specVersion: "1.6" });
  const names: string[] = bill.components.map((each: { name: string }) => each.name);
  expect(names).toContain("citty");
  expect(names).toContain("bun");
  expect(names).not.toContain("typescript");
  const refs = new Set([...bill.components, bill.metadata.component].map((each) => each["bom-ref"]));
  expect(refs.size).toBe(bill.components.length + 1);
  for (const { ref, dependsOn } of bill.dependencies) {
    for (const each of [ref, ...dependsOn]) expect([each, refs.has(each)]).toEqual([each, true]);
  }
  for (const { type, name, hashes, licenses } of bill.components) {
    expect([name, licenses?.length]).toEqual([name, 1]);
    if (type === "library") expect(hashes[0].content).toMatch(/^[0-9a-f]{128}$/);
  }
});

test.skipIf(missingProgram("mandoc") !== null)(
  "mandoc finds nothing to complain about in the man pages",
  () => {
    const pages = readdirSync(join(unpacked, "man/man1")).map((name) => join(unpacked, "man/man1", name));
    expect(outputOf("mandoc", "-Tlint", "-Wwarning", ...pages)).toEqual({ code: 0, text: "" });
    const { text } = outputOf("mandoc", "-Tascii", join(unpacked, "man/man1/moltbot-service.1"));
    expect(text.replaceAll(/.\p{Cc}/gu, "")).toContain("moltbot service install");
  },
);

/** Bun fetches what it builds for from the registry; a test does not, unless everything is required. */
function missingTarget(name: string): string | null {
  const cache = process.env.BUN_INSTALL_CACHE_DIR ?? join(homedir(), ".bun/install/cache");
  if (process.env.MOLTBOT_TEST_REQUIRE_ALL === "1") return null;
  const called = name.replace("arm64", "aarch64");
  if (existsSync(join(cache, `bun-${called}-v${Bun.version}`))) return null;
  const reason = `Bun's ${name} is not in the cache; build for it once`;
  console.warn(`tests are skipped: ${reason}`);
  return reason;
}

describe("for macOS", () => {
  for (const { name } of targets.filter((each) => each.name.startsWith("darwin"))) {
    test.skipIf(missingTarget(name) !== null)(
      `the signature of ${name} covers every page of the executable`,
      async () => {
        await build("--target", name, "--outfile", join(folder, name, "moltbot"));
        const file = Buffer.from(await Bun.file(join(folder, name, "moltbot")).arrayBuffer());
        expect(signatureProblems(file)).toEqual([]);
        expect(signedName(file)).toBe("com.moltbot.moltbot");
        expect(signatureProblems(signAdHoc(file, "com.moltbot.moltbot"))).toEqual([]);
        // One bit of one page.
        const at = 20_000_000;
        file.writeUInt8(file.readUInt8(at) ^ 1, at);
        expect(signatureProblems(file)).toEqual([
          expect.stringMatching(/^1 of \d+ pages are not as signed$/),
        ]);
        expect(signatureProblems(Buffer.concat([file, Buffer.alloc(16)]))[0]).toMatch(
          /^the signature ends at/,
        );
      },
      120_000,
    );
  }
});
