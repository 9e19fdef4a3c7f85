import { describe, expect, test } from "bun:test";
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Keychain } from "./keychain.ts";
import { secretNameOf, secretReference } from "./secret-reference.ts";
import { createSecrets } from "./secrets.ts";

/** A keychain in memory; a broken one refuses everything, a forgetful one takes and keeps nothing. */
function keychain(how: "sound" | "broken" | "forgetful" = "sound") {
  const kept = new Map<string, string>();
  let asked = 0;
  const attempt = <T>(work: () => T): Promise<T> => {
    asked += 1;
    return how === "broken" ? Promise.reject(new Error("no bus")) : Promise.resolve(work());
  };
  const made: Keychain = {
    get: (name) => attempt(() => kept.get(name) ?? null),
    set: (name, value) => attempt(() => void (how === "sound" && kept.set(name, value))),
    delete: (name) => attempt(() => void kept.delete(name)),
  };
  return { kept, keychain: made, asked: () => asked };
}

function scratch() {
  const stateDir = mkdtempSync(join(tmpdir(), "moltbot-secrets-"));
  return { stateDir, [Symbol.dispose]: () => rmSync(stateDir, { recursive: true, force: true }) };
}

const ignore = () => {};

describe("a secret", () => {
  test("lies in the keychain where there is one, and nowhere else", async () => {
    using place = scratch();
    const chain = keychain();
    const secrets = createSecrets({ stateDir: place.stateDir, keychain: chain.keychain, known: ignore });
    expect(await secrets.keep("acme", "k-1")).toBe("keychain");
    expect([...chain.kept.values()]).toEqual(["k-1"]);
    expect(existsSync(join(place.stateDir, "secrets"))).toBe(false);
    expect(await secrets.read("acme")).toBe("k-1");
    await secrets.forget("acme");
    expect(await secrets.read("acme")).toBeNull();
  });

  for (const how of ["broken", "forgetful", "none"] as const) {
    test(`lies in a file of its owner alone where the keychain is ${how}`, async () => {
      using place = scratch();
      const chain = how === "none" ? null : keychain(how).keychain;
      const secrets = createSecrets({ stateDir: place.stateDir, keychain: chain, known: ignore });
      expect(await secrets.keep("acme", "k-1")).toBe("file");
      const file = join(place.stateDir, "secrets", "acme");
      expect(readFileSync(file, "utf8")).toBe("k-1\n");
      expect(statSync(file).mode & 0o777).toBe(0o600);
      expect(statSync(join(place.stateDir, "secrets")).mode & 0o777).toBe(0o700);
      const restarted = createSecrets({ stateDir: place.stateDir, keychain: chain, known: ignore });
      expect(await restarted.read("acme")).toBe("k-1");
      await restarted.forget("acme");
      expect(existsSync(file)).toBe(false);
    });
  }

  test("that is kept anew takes the place of the old one, wherever that was", async () => {
    using place = scratch();
    const { stateDir } = place;
    await createSecrets({ stateDir, keychain: null, known: ignore }).keep("acme", "old");
    const chain = keychain();
    const secrets = createSecrets({ stateDir, keychain: chain.keychain, known: ignore });
    expect(await secrets.keep("acme", "new")).toBe("keychain");
    expect(await secrets.read("acme")).toBe("new");
    expect(existsSync(join(stateDir, "secrets", "acme"))).toBe(false);
  });

  test("is asked of the keychain once, and the log knows it from then on", async () => {
    using place = scratch();
    const chain = keychain();
    chain.kept.set("acme", "k-1");
    const known: string[] = [];
    const { stateDir } = place;
    const secrets = createSecrets({
      stateDir,
      keychain: chain.keychain,
      known: (secret) => known.push(secret),
    });
    await secrets.read("acme");
    await secrets.read("acme");
    expect(chain.asked()).toBe(1);
    expect(new Set(known)).toEqual(new Set(["k-1"]));
  });
});

test("a reference is read back as the name that it was made of; other text is none", () => {
  expect(secretNameOf(secretReference("my-server.2"))).toBe("my-server.2");
  for (const other of ["secret:acme", "$" + "{ACME}", "$" + "{secret:../x}", "$" + "{secret:}", "sk-1"]) {
    expect(secretNameOf(other)).toBeNull();
  }
});
