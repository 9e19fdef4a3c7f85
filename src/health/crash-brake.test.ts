import { expect, test } from "bun:test";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { scratchDir } from "../../test/store/scratch-dir.ts";
import { createCrashBrake } from "./crash-brake.ts";

function counting() {
  const scratch = scratchDir();
  const clock = { now: Date.UTC(2026, 0, 2) };
  const warnings: string[] = [];
  return {
    clock,
    warnings,
    path: scratch.path,
    /** A process that starts; it says whether it may do everything. */
    start(enabled = true, steadyMs = 60_000, version = "1.0.0") {
      const brake = createCrashBrake({
        stateDir: scratch.path,
        now: () => clock.now,
        version,
        enabled,
        steadyMs,
        warn: (message) => void warnings.push(message),
      });
      brake.started();
      return brake;
    },
    [Symbol.dispose]: () => scratch[Symbol.dispose](),
  };
}

test("the sixth start within five minutes, after five that crashed, is braked", () => {
  using world = counting();
  const braked = [1, 2, 3, 4, 5, 6, 7].map(() => {
    world.clock.now += 10_000;
    return world.start().braked;
  });
  expect(braked).toEqual([false, false, false, false, false, true, true]);
});

test("crashes that lie further apart are none of a loop", () => {
  using world = counting();
  for (let start = 0; start < 12; start++) {
    world.clock.now += 70_000;
    expect(world.start().braked).toBe(false);
  }
});

test("a start that lasted, and a stop by hand, wipe the slate clean", async () => {
  using world = counting();
  for (let start = 0; start < 5; start++) world.start();
  const braked = world.start();
  expect(braked.braked).toBe(true);
  braked.stopped();
  expect(world.start(true, 1).braked).toBe(false);
  while (await Bun.file(join(world.path, "starts.json")).exists()) await Bun.sleep(1);
  for (let start = 0; start < 5; start++) expect(world.start().braked).toBe(false);
});

test("crashes of another version say nothing of this one", () => {
  using world = counting();
  for (let start = 0; start < 6; start++) world.start();
  expect(world.start(true, 60_000, "0.9.0").braked).toBe(false);
});

test("switched off it neither counts nor brakes", () => {
  using world = counting();
  for (let start = 0; start < 8; start++) expect(world.start(false).braked).toBe(false);
  expect(world.start().braked).toBe(false);
});

test("a clock that was set back, or a file of nonsense, brakes nothing", () => {
  using world = counting();
  for (let start = 0; start < 5; start++) world.start();
  world.clock.now -= 86_400_000;
  expect(world.start().braked).toBe(false);
  writeFileSync(join(world.path, "starts.json"), "{");
  expect(world.start().braked).toBe(false);
  expect(world.warnings).toEqual([]);
});
