import { expect, test } from "bun:test";
import { isPassing, stableProgramPath } from "./program-path.ts";

const linked = (links: Record<string, string>) => (path: string) => links[path] ?? null;

test("Homebrew's executable is named by its opt link, which outlives the version's directory", () => {
  const executable = "/opt/homebrew/Cellar/moltbot/0.1.0/bin/moltbot";
  const real = linked({ [executable]: executable, "/opt/homebrew/opt/moltbot/bin/moltbot": executable });
  expect(stableProgramPath({ executable, home: "/Users/ann", real })).toBe(
    "/opt/homebrew/opt/moltbot/bin/moltbot",
  );
});

test("a link in a usual place is taken when it leads here, and not when it leads elsewhere", () => {
  const executable = "/opt/moltbot-0.1.0/moltbot";
  const here = linked({ [executable]: executable, "/home/ann/.local/bin/moltbot": executable });
  expect(stableProgramPath({ executable, home: "/home/ann", real: here })).toBe(
    "/home/ann/.local/bin/moltbot",
  );
  const elsewhere = linked({ [executable]: executable, "/usr/local/bin/moltbot": "/opt/other/moltbot" });
  expect(stableProgramPath({ executable, home: "/home/ann", real: elsewhere })).toBe(executable);
});

test("places that get cleared are known", () => {
  for (const path of ["/tmp/moltbot", "/Volumes/Moltbot/moltbot", "/home/ann/Downloads/moltbot"]) {
    expect([path, isPassing(path, "/home/ann")]).toEqual([path, true]);
  }
  expect(isPassing("/home/ann/.local/bin/moltbot", "/home/ann")).toBe(false);
});
