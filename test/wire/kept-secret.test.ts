/** The gateway's own secret, kept elsewhere than in the config. */
import { expect, test } from "bun:test";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { secretReference } from "#src/config/secret-reference.ts";
import { startHouse } from "./start-house.ts";

function openDirectory() {
  const path = mkdtempSync(join(tmpdir(), "moltbot-kept-"));
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }) };
}

const noDevice = { code: "INVALID_REQUEST", message: expect.stringContaining("mismatch") };

test("a file that the config names holds it, and the log never does", async () => {
  using directory = openDirectory();
  const tokenFile = join(directory.path, "token");
  writeFileSync(tokenFile, "out-of-a-file\n");
  await using house = await startHouse({ config: { gateway: { auth: { tokenFile } } } });
  await using client = await house.connect({ auth: { token: "out-of-a-file" } });
  expect(client.hello.auth?.method).toBe("token");
  await expect(house.connect({ auth: { token: "other" } })).rejects.toMatchObject(noDevice);
  house.log.warn("said by mistake: out-of-a-file");
  expect(readFileSync(house.log.file ?? "", "utf8")).not.toContain("out-of-a-file");
});

test("a name stands for what is kept in the state directory or the keychain", async () => {
  using directory = openDirectory();
  const secrets = join(directory.path, "secrets");
  mkdirSync(secrets, { mode: 0o700 });
  writeFileSync(join(secrets, "front-door"), "kept-elsewhere\n", { mode: 0o600 });
  const start = (name: string) =>
    startHouse({
      stateDir: directory.path,
      config: { gateway: { auth: { mode: "password", password: secretReference(name) } } },
    });
  const house = await start("front-door");
  await using client = await house.connect({ auth: { password: "kept-elsewhere" } });
  expect(client.hello.auth?.method).toBe("password");
  // The reference itself opens nothing.
  await expect(house.connect({ auth: { password: secretReference("front-door") } })).rejects.toMatchObject(
    noDevice,
  );
  await house.stop();
  await expect(start("back-door")).rejects.toMatchObject({
    exitCode: 78,
    message: expect.stringContaining(join(secrets, "back-door")),
  });
});

test("a file that is not there, is empty or has a rival ends the start with what to do", async () => {
  using directory = openDirectory();
  const empty = join(directory.path, "empty");
  writeFileSync(empty, "\n");
  const cases: [auth: Record<string, string>, says: string][] = [
    [{ tokenFile: join(directory.path, "none") }, "gateway.auth.tokenFile cannot be read"],
    [{ tokenFile: empty }, "is empty; put the secret into it"],
    [{ passwordFile: "token" }, "must be a whole path"],
    [{ tokenFile: empty, token: "t" }, "exclude each other"],
  ];
  for (const [auth, says] of cases) {
    await expect(startHouse({ config: { gateway: { auth } } })).rejects.toMatchObject({
      exitCode: 78,
      message: expect.stringContaining(says),
    });
  }
});
