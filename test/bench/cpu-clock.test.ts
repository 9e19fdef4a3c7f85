import { expect, test } from "bun:test";
import { openCpuClock } from "./cpu-clock.ts";

test.if(process.platform === "linux")(
  "a process's clock runs while it works and tells its own time",
  async () => {
    const clock = openCpuClock();
    const before = { clock: clock(process.pid), own: process.cpuUsage() };
    while (process.cpuUsage(before.own).user < 50_000);
    const own = process.cpuUsage(before.own);
    const used = clock(process.pid) - before.clock;
    expect(used / 1e6).toBeGreaterThan(45);
    expect(Math.abs(used / 1e3 - own.user - own.system)).toBeLessThan(20_000);
    expect(() => clock(2 ** 22 + 1)).toThrow("is gone");
  },
);
