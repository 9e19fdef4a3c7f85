import { expect, test } from "bun:test";
import { gatewayService } from "#src/daemon/description.ts";
import { launchAgentText } from "#src/daemon/launchd-plist.ts";
import { unitText } from "#src/daemon/systemd-unit.ts";
import { stopLimitMs } from "./stop-limit.ts";

test("a stop may take five seconds, or as long as the config gives it and one more", () => {
  expect(stopLimitMs(4_000, null)).toBe(5_000);
  expect(stopLimitMs(0, null)).toBe(5_000);
  expect(stopLimitMs(60_000, null)).toBe(61_000);
});

test("a supervisor never has to kill it", () => {
  const options = { command: ["/bin/moltbot"] as const, home: "/home/ada", env: {}, profile: undefined };
  const service = gatewayService({ ...options, system: false });
  const systemd = Number(/^TimeoutStopSec=(\d+)$/m.exec(unitText(service, "user"))?.[1]);
  const launchd = Number(/ExitTimeOut<\/key>\s*<integer>(\d+)/.exec(launchAgentText(service))?.[1]);
  for (const graceMs of [0, 4_000, 60_000]) {
    expect(stopLimitMs(graceMs, "linux")).toBeLessThan(systemd * 1000);
    expect(stopLimitMs(graceMs, "darwin")).toBeLessThan(launchd * 1000);
  }
});
