import { expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fuzz, fuzzingFromEnvironment, nothing } from "../wire/fuzz.ts";
import { startExecutable } from "./executable.ts";

test("strange frames end neither the process nor an honest client's patience", async () => {
  const fuzzing = fuzzingFromEnvironment();
  await using gateway = await startExecutable();
  const token = readFileSync(join(gateway.stateDir, "local.key"), "utf8").trim();
  await using honest = await gateway.connect();
  const { findings, waits } = await fuzz(
    {
      socketUrl: gateway.url.replace("http", "ws"),
      token,
      honest,
      logFile: join(gateway.stateDir, "logs/moltbot.log"),
    },
    fuzzing,
  );
  expect({ seed: fuzzing.seed, ...findings }).toEqual({ seed: fuzzing.seed, ...nothing });
  expect((await honest.call("health", { probe: true })).process.pid).toBe(gateway.pid);
  // On a machine of its own p99 is 25 ms; here others may work beside it, so only being forgotten fails.
  expect(waits.worst).toBeLessThan(10_000);
}, 7_200_000);
