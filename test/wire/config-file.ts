/** The config file of a house in a test: written as a person or an editor writes it. */
import { readFileSync, renameSync, writeFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { GatewayClient } from "#src/client/client.ts";
import { readLocalKey } from "#src/config/local-key.ts";
import { type House, type HouseOptions, startHouse } from "./start-house.ts";

export interface ConfigHouse extends AsyncDisposable {
  house: House;
  client: GatewayClient;
  file: string;
  text(): string;
  /** Lines of the log about the config. */
  log(): string[];
  /** Puts another file in the place of the config, as editors do. */
  replace(text: string): void;
}

/** A gateway on a config of exactly this text, with a client that may do everything. */
export async function startConfigHouse(text: string, options: HouseOptions = {}): Promise<ConfigHouse> {
  const stateDir = await mkdtemp(join(tmpdir(), "moltbot-config-"));
  const file = join(stateDir, "moltbot.json");
  writeFileSync(file, text, { mode: 0o600 });
  const house = await startHouse({ ...options, stateDir });
  const localKey = readLocalKey(stateDir) ?? "";
  const client = await house.connect({ auth: { token: localKey } });
  return {
    house,
    client,
    file,
    text: () => readFileSync(file, "utf8"),
    log() {
      house.log.flush();
      return readFileSync(join(stateDir, "logs", "moltbot.log"), "utf8")
        .split("\n")
        .filter((line) => line.includes('\\"config\\"'));
    },
    replace(next) {
      writeFileSync(`${file}.new`, next, { mode: 0o600 });
      renameSync(`${file}.new`, file);
    },
    async [Symbol.asyncDispose]() {
      await client[Symbol.asyncDispose]();
      await house[Symbol.asyncDispose]();
      await rm(stateDir, { recursive: true, force: true });
    },
  };
}

/** Asks until the answer is as it should be; fails with the last one. */
export async function eventually<T>(ask: () => Promise<T> | T, isRight: (value: T) => boolean): Promise<T> {
  const deadline = performance.now() + 5_000;
  for (;;) {
    const value = await ask();
    if (isRight(value)) return value;
    if (performance.now() > deadline) throw new Error(`it stayed ${JSON.stringify(value)}`);
    await Bun.sleep(5);
  }
}
