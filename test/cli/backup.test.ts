/** Backup and restore by the command line: with a gateway, without one, and with files that are none. */
import { Database } from "bun:sqlite";
import { expect, test } from "bun:test";
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { type Home, openHome, type Started, until } from "./run-moltbot.ts";

async function startGateway(home: Home): Promise<Started> {
  const gateway = home.start(["gateway", "--port", "0", "--log-format", "pretty"]);
  await until(() => gateway.out().includes("Ctrl-C"), gateway);
  return gateway;
}

async function stop(gateway: Started): Promise<void> {
  gateway.kill("SIGTERM");
  expect((await gateway.exited).code).toBe(0);
}

async function historyOf(home: Home): Promise<string> {
  return (await home.run(["sessions", "show", "main", "--json"])).out;
}

test("what a gateway has when it is backed up comes back, and what gave way is kept", async () => {
  using home = openHome();
  mkdirSync(join(home.stateDir, "secrets"), { recursive: true, mode: 0o700 });
  writeFileSync(join(home.stateDir, "moltbot.json"), '{ ui: { assistant: { name: "Before" } } }');
  writeFileSync(join(home.stateDir, "secrets", "telegram"), "planted-secret\n");
  const named = JSON.stringify({
    version: 1,
    used: null,
    gateways: { far: { url: "wss://far:1/", token: "t" } },
  });
  writeFileSync(join(home.stateDir, "gateways.json"), named, { mode: 0o600 });
  mkdirSync(join(home.stateDir, "identity"), { mode: 0o700 });
  const own = ["identity/device.json", "identity/gateways.json"].map((name) => join(home.stateDir, name));
  for (const path of own) writeFileSync(path, `{"planted": "${path}"}`, { mode: 0o600 });
  const first = await startGateway(home);
  expect((await home.run(["agent", "--message", "/echo alpha"])).code).toBe(0);
  const file = join(home.path, "kept.db");
  const made = await home.run(["backup", file]);
  expect(made).toMatchObject({ code: 0, err: "" });
  expect(made.out).toContain(`moltbot restore ${file}`);
  expect(statSync(file).mode & 0o777).toBe(0o600);
  expect(readdirSync(join(home.stateDir, "backups"))).toEqual([]);
  const again = await home.run(["backup", file]);
  expect(again).toMatchObject({ code: 2, err: expect.stringContaining("exists already") });
  const nowhere = await home.run(["backup", join(home.path, "nowhere", "kept.db")]);
  expect(nowhere).toMatchObject({ code: 1, err: expect.stringContaining("there is no folder") });
  expect(readdirSync(join(home.stateDir, "backups"))).toEqual([]);

  expect((await home.run(["agent", "--message", "/echo beta"])).code).toBe(0);
  writeFileSync(join(home.stateDir, "moltbot.json"), '{ ui: { assistant: { name: "After" } } }');
  writeFileSync(join(home.stateDir, "secrets", "telegram"), "another\n");
  for (const path of [...own, join(home.stateDir, "gateways.json")]) rmSync(path);
  const refused = await home.run(["restore", file, "--yes"]);
  expect(refused).toMatchObject({ code: 3, err: expect.stringContaining("stop the gateway first") });
  await stop(first);

  const files = [
    ...["config", "state/token.key", "state/gateways.json", "state/identity/device.json"],
    ...["state/identity/gateways.json", "state/secrets/telegram"],
  ];
  const restored = JSON.parse((await home.run(["restore", file, "--yes", "--json"])).out);
  expect(restored).toMatchObject({ madeAt: expect.any(String), files });
  expect(readFileSync(join(home.stateDir, "moltbot.json"), "utf8")).toContain("Before");
  expect(readFileSync(join(home.stateDir, "secrets", "telegram"), "utf8")).toBe("planted-secret\n");
  expect(readFileSync(join(restored.keptIn, "config"), "utf8")).toContain("After");
  expect(readFileSync(join(home.stateDir, "gateways.json"), "utf8")).toBe(named);
  for (const path of own) {
    expect(readFileSync(path, "utf8")).toContain(path);
    expect(statSync(path).mode & 0o777).toBe(0o600);
  }
  // No page of the database remembers the secret that came with it.
  expect(readFileSync(join(home.stateDir, "moltbot.db")).includes("planted-secret")).toBe(false);

  const second = await startGateway(home);
  const history = await historyOf(home);
  expect(history).toContain("alpha");
  expect(history).not.toContain("beta");
  await stop(second);

  expect((await home.run(["restore", join(restored.keptIn, "moltbot.db"), "--yes"])).code).toBe(0);
  const third = await startGateway(home);
  expect(await historyOf(home)).toContain("beta");
  await stop(third);
});

test("without a gateway the command line does it itself, after a crash too", async () => {
  using home = openHome();
  const gateway = await startGateway(home);
  expect((await home.run(["agent", "--message", "/echo gamma"])).code).toBe(0);
  gateway.kill("SIGKILL");
  await gateway.exited;
  const { path } = JSON.parse((await home.run(["backup", "--json"])).out);
  expect(path).toStartWith(join(home.stateDir, "backups", "moltbot-"));
  using db = new Database(path, { readonly: true });
  expect(JSON.stringify(db.query("SELECT * FROM message").all())).toContain("gamma");
});

test("what is no backup, or is damaged, is refused before anything is touched", async () => {
  using home = openHome();
  const gateway = await startGateway(home);
  await home.run(["agent", "--message", "/echo delta"]);
  const file = join(home.path, "whole.db");
  await home.run(["backup", file]);
  await stop(gateway);
  const before = readFileSync(join(home.stateDir, "moltbot.db"));

  const wrong = join(home.path, "wrong.db");
  const tries: [what: () => void, says: string][] = [
    [
      () => writeFileSync(wrong, "not a database, but long enough to be taken for one".repeat(50)),
      "no backup",
    ],
    [() => writeFileSync(wrong, ""), "no backup"],
    [() => new Database(join(home.path, "other.db")).run("CREATE TABLE t (a)"), "no backup"],
    [
      () => {
        writeFileSync(wrong, readFileSync(file));
        truncateSync(wrong, statSync(file).size - 8192);
      },
      "damaged",
    ],
    [
      () => {
        const bytes = readFileSync(file);
        bytes.writeUInt32BE(99, 60);
        writeFileSync(wrong, bytes);
      },
      "newer moltbot",
    ],
  ];
  for (const [make, says] of tries) {
    make();
    const answer = await home.run(["restore", wrong, "--yes"]);
    expect(answer).toMatchObject({ code: 1, err: expect.stringContaining(says) });
  }
  expect((await home.run(["restore", join(home.path, "nowhere.db"), "--yes"])).err).toContain(
    "does not exist",
  );
  expect(readFileSync(join(home.stateDir, "moltbot.db")).equals(before)).toBe(true);
  expect(existsSync(join(home.stateDir, ".restore.db"))).toBe(false);
  expect((await home.run(["restore", file])).err).toContain("--yes");
});
