import { expect, test } from "bun:test";
import { shownPath } from "./shown-path.ts";

test("what lies below the root is shown from there, and anything else whole", () => {
  expect(shownPath("/work/moltbot", "/work/moltbot/dist/moltbot")).toBe("dist/moltbot");
  expect(shownPath("/work/moltbot", "/opt/elsewhere/bin/moltbot")).toBe("/opt/elsewhere/bin/moltbot");
  expect(shownPath("/work/moltbot", "/work/moltbot-2/moltbot")).toBe("/work/moltbot-2/moltbot");
  expect(shownPath("/work/moltbot", "/work/moltbot/..odd/moltbot")).toBe("..odd/moltbot");
});
