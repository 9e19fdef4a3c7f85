/** The log of a gateway that does not run any more, or never came up. */
import { expect, test } from "bun:test";
import { appendFileSync } from "node:fs";
import { join } from "node:path";
import { openHome, until } from "./run-moltbot.ts";

test("the log of a gateway that was killed is shown and followed, and the next start of it too", async () => {
  using home = openHome();
  const nothing = await home.run(["logs"]);
  expect(nothing).toMatchObject({ code: 4, out: "" });
  const gateway = home.start(["gateway", "--port", "0", "--log-format", "pretty"]);
  await until(() => gateway.out().includes("Ctrl-C"), gateway);
  expect((await home.run(["health"])).code).toBe(0);
  gateway.kill("SIGKILL");
  await gateway.exited;
  const left = await home.run(["logs", "--lines", "1", "--json"]);
  expect(left.code).toBe(0);
  expect(left.out.trimEnd().split("\n")).toHaveLength(1);
  expect(left.out).toContain("gateway started");

  const following = home.start(["logs", "-f"]);
  await until(() => following.out().includes("gateway started"), following);
  appendFileSync(join(home.stateDir, "logs", "moltbot.log"), "a line that came later\n");
  await until(() => following.out().includes("a line that came later"), following);
});
