/** `moltbot update` end to end: executables that were built for it, a signed source, a supervisor that restarts. */
import { Database } from "bun:sqlite";
import { afterAll, beforeAll, expect, test } from "bun:test";
import { generateKeyPairSync } from "node:crypto";
import { chmodSync, copyFileSync, existsSync, mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { plainEnvironment } from "./executable.ts";
import { createReleaser, machineWith, type Releaser, supervise, target } from "./releases.ts";

let releaser: Releaser;
const builtAs = (version: string) => releaser.builtAs(version);
const publish: Releaser["publish"] = (...release) => releaser.publish(...release);
const machine = () => machineWith(builtAs("0.9.0"));

beforeAll(() => {
  releaser = createReleaser(["0.9.0", "1.0.0"]);
}, 60_000);
afterAll(() => releaser[Symbol.dispose]());

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

test("one that changes the database for good and fails takes nothing along: the copy from before is back too", async () => {
  const script = `#!/bin/sh
case "$MOLTBOT_STATE_DIR" in *moltbot-update-*) exec ${builtAs("1.0.0")} "$@";; esac
${process.execPath} -e 'new (require("bun:sqlite").Database)(process.argv[1]).run("PRAGMA user_version = 9999")' \\
  "$HOME/.local/state/moltbot/moltbot.db"
exit 1
`;
  const source = await publish("migrating", [{ version: "1.0.0", executable: Buffer.from(script) }]);
  using computer = machine();
  await using gateway = supervise(computer, { final: [0] });
  await gateway.ready();
  expect((await computer.run("agent", "--message", "/echo kept words")).code).toBe(0);
  const answer = await computer.run("update", "--from", source, "--timeout", "2");
  expect(answer.code).toBe(1);
  expect(answer.err).toContain("0.9.0 is back in its place");
  expect(answer.err).toMatch(
    /copy from before the update is back too; what came since is in .*before-restore-/,
  );
  expect([await computer.version(), await gateway.version()]).toEqual(["0.9.0", "0.9.0"]);
  expect((await computer.run("sessions", "show", "main", "--json")).out).toContain("kept words");
}, 60_000);

test("an executable from before is not put under a database that it does not know", async () => {
  const source = await publish("later", [{ version: "1.0.0", executable: readFileSync(builtAs("1.0.0")) }]);
  using computer = machine();
  {
    await using gateway = supervise(computer);
    await gateway.ready();
    expect((await computer.run("update", "--from", source)).code).toBe(0);
    expect(await gateway.version()).toBe("1.0.0");
  }
  const path = join(computer.home, ".local/state/moltbot/moltbot.db");
  {
    using db = new Database(path);
    db.run("PRAGMA user_version = 9999");
  }
  const refused = await computer.run("update", "--rollback");
  expect(refused.code).toBe(1);
  expect(refused.err).toContain("0.9.0 does not know the database");
  const backup = /moltbot restore (\S+\.db)/.exec(refused.err)?.[1] ?? "";
  expect(await computer.version()).toBe("1.0.0");
  const start = await computer.run("gateway", "--port", "0");
  expect(start.code).toBe(78);
  expect(start.err).toContain("written by a newer moltbot");
  expect(start.err).toContain("moltbot restore FILE");

  expect(await computer.run("restore", backup, "--yes")).toMatchObject({ code: 0, err: "" });
  expect((await computer.run("update", "--rollback")).code).toBe(0);
  expect(await computer.version()).toBe("0.9.0");
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
    [join(releaser.directory, "nowhere"), "cannot read SHA256SUMS"],
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
    const source = await publish(name, [{ version: "1.0.0", archive: bytes }]);
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
