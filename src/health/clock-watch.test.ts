import { expect, test } from "bun:test";
import { type ClockJump, watchClock } from "./clock-watch.ts";

test("sleep, a stopped process and a clock that is set are told once each, and nothing else is", async () => {
  const clock = { wall: 1_000_000, lived: 500 };
  const jumps: ClockJump[] = [];
  const watch = watchClock({ now: () => clock.wall, monotonicMs: () => clock.lived, everyMs: 1 });
  let looks = 0;
  const seen = () => {
    looks += 1;
    return clock.lived;
  };
  const counted = watchClock({ now: () => clock.wall, monotonicMs: seen, everyMs: 1 });
  watch.listen((jump) => void jumps.push(jump));
  const step = async (wall: number, lived: number) => {
    clock.wall += wall;
    clock.lived += lived;
    const before = looks;
    while (looks < before + 3) await Bun.sleep(1);
  };
  await step(10, 10);
  await step(3_000, 0);
  await step(0, 4_000);
  await step(3_600_000, 0);
  await step(20_000, 20_001);
  await step(-86_400_000, 0);
  await step(1, 1);
  expect(jumps).toEqual([
    { is: "forward", ms: 3_600_000 },
    { is: "frozen", ms: 20_000 },
    { is: "back", ms: 86_400_000 },
  ]);
  expect(watch.jumps).toBe(3);
  watch.close();
  counted.close();
});
