/** `moltbot update` end to end: executables that were built for it, a signed source, a supervisor that restarts. */
import { afterAll, beforeAll, expect, test } from "bun:test";
import { generateKeyPairSync, type KeyObject, sign } from "node:crypto";
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { freePort, plainEnvironment } from "./executable.ts";

const root = join(import.meta.dir, "../..");
const keys = generateKeyPairSync("ed25519");
const publicKey = keys.publicKey.export({ format: "der", type: "spki" }).subarray(-32).toString("base64");
const target = `linux-${process.arch}`;

let directory: string;
const builtAs = (version: string) => join(directory, "built", version, "moltbot");

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), "moltbot-releases-"));
  for (const version of ["0.9.0", "1.0.0"]) {
    mkdirSync(join(directory, "built", version), { recursive: true });
    const outfile = relative(root, builtAs(version));
    const args = ["--outfile", outfile, "--as-version", version, "--update-key", publicKey];
    const built = Bun.spawnSync([process.execPath, "build.ts", ...args], { cwd: root });
    expect([built.exitCode, String(built.stderr)]).toEqual([0, ""]);
  }
}, 60_000);
afterAll(() => rmSync(directory, { recursive: true, force: true }));

interface Publish {
  version: string;
  executable: Uint8Array;
  key?: KeyObject;
  /** Changes the archive after its sum was taken. */
  spoil?: boolean;
}

/** A source of releases, as `build.ts --release` writes it. */
async function publish(
  name: string,
  releases: Publish[],
  key = keys.privateKey,
  /** An archive of 1.0.0 as it is. */
  raw?: Uint8Array,
): Promise<string> {
  const source = join(directory, name);
  mkdirSync(source);
  let sums = "";
  if (raw !== undefined) {
    const archive = `moltbot-1.0.0-${target}.tar.gz`;
    sums += `${new Bun.CryptoHasher("sha256").update(raw).digest("hex")}  ${archive}\n`;
    writeFileSync(join(source, archive), raw);
  }
  for (const { version, executable, spoil } of releases) {
    const archive = `moltbot-${version}-${target}.tar.gz`;
    const bytes = await new Bun.Archive(
      { LICENSE: "MIT", moltbot: executable },
      { compress: "gzip", level: 1 },
    ).bytes();
    sums += `${new Bun.CryptoHasher("sha256").update(bytes).digest("hex")}  ${archive}\n`;
    if (spoil === true) bytes[100] = (bytes[100] ?? 0) ^ 1;
    writeFileSync(join(source, archive), bytes);
  }
  writeFileSync(join(source, "SHA256SUMS"), sums);
  writeFileSync(join(source, "SHA256SUMS.sig"), `${sign(null, Buffer.from(sums), key).toString("base64")}\n`);
  return source;
}

/** A machine with 0.9.0 on it. */
function machine() {
  const home = mkdtempSync(join(tmpdir(), "moltbot-machine-"));
  const executable = join(home, "bin", "moltbot");
  mkdirSync(join(home, "bin"));
  copyFileSync(builtAs("0.9.0"), executable);
  const env = plainEnvironment(home);
  return {
    home,
    executable,
    async run(...args: string[]) {
      const child = Bun.spawn([executable, ...args], { cwd: home, env, stdout: "pipe", stderr: "pipe" });
      const [out, err] = await Promise.all([
        new Response(child.stdout).text(),
        new Response(child.stderr).text(),
      ]);
      return { code: await child.exited, out, err };
    },
    async version() {
      return (await this.run("--version")).out.split(" ")[1];
    },
    [Symbol.dispose]: () => rmSync(home, { recursive: true, force: true }),
  };
}

/** Starts the gateway again as systemd would, until it is told to end. */
function supervise({ home, executable }: { home: string; executable: string }) {
  const port = String(freePort());
  const env = plainEnvironment(home, { MOLTBOT_SUPERVISED: "1" });
  let ending = false;
  let child: Bun.Subprocess | undefined;
  const codes: (number | null)[] = [];
  const done = (async () => {
    while (!ending) {
      child = Bun.spawn([executable, "gateway", "--port", port], {
        cwd: home,
        env,
        stdout: "ignore",
        stderr: "ignore",
      });
      codes.push(await child.exited.then(() => child?.exitCode ?? null));
      if (codes.at(-1) === 0 || codes.at(-1) === 78) return;
      await Bun.sleep(20);
    }
  })();
  return {
    codes,
    async ready() {
      while ((await fetch(`http://127.0.0.1:${port}/readyz`).catch(() => null))?.ok !== true)
        await Bun.sleep(10);
    },
    async version() {
      const answer = await fetch(`http://127.0.0.1:${port}/startupz`);
      return ((await answer.json()) as { version: string }).version;
    },
    async [Symbol.asyncDispose]() {
      ending = true;
      child?.kill("SIGKILL");
      await done;
    },
  };
}

test("a newer release comes into the place, the gateway under it restarts, and there is a way back", async () => {
  const source = await publish("good", [
    { version: "0.8.0", executable: Buffer.from("older") },
    { version: "1.0.0", executable: readFileSync(builtAs("1.0.0")) },
  ]);
  using computer = machine();
  await using gateway = supervise(computer);
  await gateway.ready();
  const checked = await computer.run("update", "--check", "--from", source);
  expect(checked).toMatchObject({ code: 0, out: expect.stringContaining("1.0.0 is there; this is 0.9.0") });
  expect(await computer.version()).toBe("0.9.0");

  expect((await computer.run("config", "set", "update.source", source)).code).toBe(0);
  const updated = await computer.run("update");
  expect(updated).toMatchObject({ code: 0, err: "" });
  expect(updated.out).toContain("updated from 0.9.0 to 1.0.0");
  expect(updated.out).toContain("the gateway runs as 1.0.0 and is healthy");
  expect([await computer.version(), await gateway.version()]).toEqual(["1.0.0", "1.0.0"]);
  expect(gateway.codes).toEqual([75]);
  expect((await computer.run("update")).out).toContain("1.0.0 is the newest");

  const back = await computer.run("update", "--rollback");
  expect(back).toMatchObject({ code: 0, out: expect.stringContaining("back at 0.9.0") });
  expect([await computer.version(), await gateway.version()]).toEqual(["0.9.0", "0.9.0"]);
}, 60_000);

test("one that is not healthy on the real state gives way to the one before, by itself", async () => {
  // It passes the trial, whose state is empty, and ends at once on a state that is in use.
  const script = `#!/bin/sh
case "$MOLTBOT_STATE_DIR" in *moltbot-update-*) exec ${builtAs("1.0.0")} "$@";; esac
exit 1
`;
  const source = await publish("sick", [{ version: "1.0.0", executable: Buffer.from(script) }]);
  using computer = machine();
  await using gateway = supervise(computer);
  await gateway.ready();
  const answer = await computer.run("update", "--from", source, "--timeout", "2");
  expect(answer.code).toBe(1);
  expect(answer.err).toContain("0.9.0 is back in its place");
  expect(answer.err).not.toContain("restore");
  expect([await computer.version(), await gateway.version()]).toEqual(["0.9.0", "0.9.0"]);
  expect(gateway.codes[0]).toBe(75);
  expect(gateway.codes).toContain(1);
}, 60_000);

test("what is forged, spoilt or does not start changes nothing", async () => {
  const stranger = generateKeyPairSync("ed25519").privateKey;
  const executable = Buffer.from("#!/bin/sh\nexit 7\n");
  const tries: [source: string, says: string][] = [
    [
      await publish("forged", [{ version: "1.0.0", executable }], stranger),
      "not signed by who made this executable",
    ],
    [
      await publish("spoilt", [{ version: "1.0.0", executable, spoil: true }]),
      "is not what the signed list says",
    ],
    [await publish("broken", [{ version: "1.0.0", executable }]), "1.0.0 does not work here"],
    [join(directory, "nowhere"), "cannot read SHA256SUMS"],
  ];
  using computer = machine();
  const before = readFileSync(computer.executable);
  for (const [source, says] of tries) {
    const answer = await computer.run("update", "--from", source);
    expect(answer).toMatchObject({ code: 1, err: expect.stringContaining(says) });
  }
  const older = await publish("older", [{ version: "0.8.9", executable }]);
  expect((await computer.run("update", "--from", older)).out).toContain("0.9.0 is the newest");
  const foreign = await publish("foreign", []);
  expect((await computer.run("update", "--from", foreign)).err).toContain(`no release for ${target}`);
  expect(await computer.run("update")).toMatchObject({
    code: 78,
    err: expect.stringContaining("update.source"),
  });
  expect(readFileSync(computer.executable).equals(before)).toBe(true);
  expect(existsSync(`${computer.executable}.previous`)).toBe(false);
}, 60_000);

test("of two updates at once one is turned away, and the way back still leads to what was there before", async () => {
  const source = await publish("twice", [{ version: "1.0.0", executable: readFileSync(builtAs("1.0.0")) }]);
  using computer = machine();
  const both = await Promise.all([
    computer.run("update", "--from", source),
    computer.run("update", "--from", source),
  ]);
  expect(both.map(({ code }) => code).sort()).toEqual([0, 3]);
  expect(both.find(({ code }) => code === 3)?.err).toContain("another update");
  expect(await computer.version()).toBe("1.0.0");
  expect((await computer.run("update", "--rollback")).code).toBe(0);
  expect(await computer.version()).toBe("0.9.0");
}, 60_000);

test("an archive that cannot be unpacked is the source's fault, and said to be", async () => {
  const whole = await publish("whole", [{ version: "1.0.0", executable: Buffer.alloc(100_000, "x") }]);
  const archive = readFileSync(join(whole, `moltbot-1.0.0-${target}.tar.gz`));
  using computer = machine();
  for (const [name, bytes] of [
    ["cut-short", archive.subarray(0, archive.length / 2)],
    ["no-archive", Buffer.from("nothing of the kind")],
  ] as const) {
    const source = await publish(name, [], keys.privateKey, bytes);
    const { code, err } = await computer.run("update", "--from", source);
    expect(err).toContain("cannot be unpacked");
    expect(err).not.toContain("bug");
    expect(code).toBe(1);
  }
}, 60_000);

test("over HTTP it is the same; under Homebrew the command for it is named", async () => {
  const source = await publish("served", [{ version: "1.0.0", executable: readFileSync(builtAs("1.0.0")) }]);
  using server = Bun.serve({
    hostname: "127.0.0.1",
    port: 0,
    fetch: (request) => new Response(Bun.file(join(source, new URL(request.url).pathname.slice(1)))),
  });
  using computer = machine();
  const updated = await computer.run("update", "--from", server.url.href, "--json");
  expect(JSON.parse(updated.out)).toMatchObject({ version: "0.9.0", updatedTo: "1.0.0", restarted: false });
  expect(await computer.version()).toBe("1.0.0");

  const cellar = join(computer.home, "Cellar", "moltbot");
  mkdirSync(cellar, { recursive: true });
  copyFileSync(builtAs("0.9.0"), join(cellar, "moltbot"));
  chmodSync(join(cellar, "moltbot"), 0o755);
  const brewed = Bun.spawnSync([join(cellar, "moltbot"), "update"], { env: plainEnvironment(computer.home) });
  expect(brewed.exitCode).toBe(1);
  expect(String(brewed.stderr)).toContain("brew upgrade moltbot");
}, 60_000);
