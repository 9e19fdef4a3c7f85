import { expect, test } from "bun:test";
import { shownPath } from "./shown-path.ts";

test("what lies below the root is shown from there, and anything else whole", () => {
  expect(shownPath("/home/me/moltbot", "/home/me/moltbot/dist/moltbot")).toBe("dist/moltbot");
  expect(shownPath("/home/me/moltbot", "/opt/elsewhere/bin/moltbot")).toBe("/opt/elsewhere/bin/moltbot");
  expect(shownPath("/home/me/moltbot", "/home/me/moltbot-2/moltbot")).toBe("/home/me/moltbot-2/moltbot");
  expect(shownPath("/home/me/moltbot", "/home/me/moltbot/..odd/moltbot")).toBe("..odd/moltbot");
});
