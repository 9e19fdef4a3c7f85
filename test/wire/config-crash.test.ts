import { expect, test } from "bun:test";
import { readdirSync, readFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { loadConfig } from "#src/config/load.ts";

const writer = join(import.meta.dir, "config-writer.ts");
const whole = /^\{ \/\/ (\d+)\n {2}ui: \{ assistant: \{ name: "(\d+) x{20000}" \} \} \} \/\/ (\d+)\n$/;

test("kill -9 in the midst of config writes leaves the old text or the new one, never a part", async () => {
  const folder = await mkdtemp(join(tmpdir(), "moltbot-crash-"));
  try {
    for (let round = 0; round < 25; round++) {
      const path = join(folder, `${round}`, "moltbot.json");
      const child = Bun.spawn([process.execPath, writer, path], { stdout: "pipe", stderr: "inherit" });
      const { value } = await child.stdout.getReader().read();
      expect(Buffer.from(value ?? []).toString()).toBe("writing\n");
      // Any moment will do; these differ.
      await Bun.sleep(Math.random() * 12);
      child.kill("SIGKILL");
      await child.exited;
      const numbers = whole.exec(readFileSync(path, "utf8"))?.slice(1) ?? [];
      expect(numbers).toHaveLength(3);
      expect(new Set(numbers).size).toBe(1);
      expect(loadConfig({ path, env: {} }).issues).toEqual([]);
      for (const name of readdirSync(join(folder, `${round}`)).filter((each) => each.includes(".bak"))) {
        expect(readFileSync(join(folder, `${round}`, name), "utf8")).toMatch(whole);
      }
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});
