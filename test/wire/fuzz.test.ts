import { expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fuzz, fuzzingFromEnvironment, nothing } from "./fuzz.ts";
import { startHouse } from "./start-house.ts";

test("strange frames, before hello and after: each has what is owed for it, and no error comes of it", async () => {
  const fuzzing = fuzzingFromEnvironment();
  await using house = await startHouse();
  const token = readFileSync(join(house.stateDir, "local.key"), "utf8").trim();
  await using honest = await house.connect();
  const logFile = join(house.stateDir, "logs/moltbot.log");
  const { findings, waits } = await fuzz({ socketUrl: house.socketUrl, token, honest, logFile }, fuzzing);
  expect({ seed: fuzzing.seed, ...findings }).toEqual({ seed: fuzzing.seed, ...nothing });
  // Client and gateway share a process here; the executable is held to more.
  expect(waits.worst).toBeLessThan(2_000);
}, 7_200_000);
