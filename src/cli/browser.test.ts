import { expect, test } from "bun:test";
import { hasScreen } from "./browser.ts";

test.each([
  ["a desktop on Linux", { DISPLAY: ":0" }, "linux", true],
  ["Wayland", { WAYLAND_DISPLAY: "wayland-0" }, "linux", true],
  ["a Mac", {}, "darwin", true],
  ["a server without a screen", {}, "linux", false],
  ["SSH with a forwarded screen", { DISPLAY: "localhost:10.0", SSH_CONNECTION: "a 1 b 22" }, "linux", false],
  ["SSH into a Mac", { SSH_TTY: "/dev/ttys001" }, "darwin", false],
  ["a build machine", { DISPLAY: ":99", CI: "true" }, "linux", false],
  ["a desktop whose owner does not want it", { DISPLAY: ":0", MOLTBOT_NO_OPEN: "1" }, "linux", false],
] as const)("whether a browser may open: %s", (_, env, platform, wanted) => {
  expect(hasScreen(env, platform)).toBe(wanted);
});
