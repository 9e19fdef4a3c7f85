import { expect, test } from "bun:test";
import { isSet, setting } from "./environment.ts";
import { type LocateOptions, locate } from "./paths.ts";

function at(options: Partial<LocateOptions>, ...existing: string[]) {
  return locate({
    env: {},
    home: "/home/ada",
    platform: "linux",
    exists: (path) => existing.includes(path),
    ...options,
  });
}

test("an empty home on Linux gets the XDG state directory", () => {
  expect(at({})).toEqual({
    stateDir: "/home/ada/.local/state/moltbot",
    configPath: "/home/ada/.local/state/moltbot/moltbot.json",
    configTarget: "/home/ada/.local/state/moltbot/moltbot.json",
    logDir: "/home/ada/.local/state/moltbot/logs",
    logFile: "/home/ada/.local/state/moltbot/logs/moltbot.log",
    profile: undefined,
  });
  expect(at({ env: { XDG_STATE_HOME: "/x" } }).stateDir).toBe("/x/moltbot");
  expect(at({ env: { XDG_STATE_HOME: "relative" } }).stateDir).toBe("/home/ada/.local/state/moltbot");
});

test("macOS and Windows have places of their own", () => {
  expect(at({ platform: "darwin", home: "/Users/ada" }).stateDir).toBe(
    "/Users/ada/Library/Application Support/moltbot",
  );
  const env = { LOCALAPPDATA: "C:\\Users\\ada\\AppData\\Local" };
  expect(at({ platform: "win32", home: "C:\\Users\\ada", env }).configPath).toBe(
    "C:\\Users\\ada\\AppData\\Local\\moltbot\\moltbot.json",
  );
});

test("MOLTBOT_STATE_DIR outranks an existing ~/.moltbot, which outranks XDG", () => {
  expect(at({ env: { XDG_STATE_HOME: "/x" } }, "/home/ada/.moltbot").stateDir).toBe("/home/ada/.moltbot");
  expect(at({ env: { MOLTBOT_STATE_DIR: "/srv/m" } }, "/home/ada/.moltbot").stateDir).toBe("/srv/m");
  expect(at({ env: { CLAWDBOT_STATE_DIR: "/srv/c" } }).stateDir).toBe("/srv/c");
  expect(at({ env: { CLAWDBOT_STATE_DIR: "/srv/c", MOLTBOT_STATE_DIR: "/srv/m" } }).stateDir).toBe("/srv/m");
  expect(at({ env: { MOLTBOT_STATE_DIR: "~/state" } }).stateDir).toBe("/home/ada/state");
});

test("a profile adds its name, wherever the directory comes from", () => {
  expect(at({ profile: "dev" }).stateDir).toBe("/home/ada/.local/state/moltbot-dev");
  expect(at({ profile: "dev" }, "/home/ada/.moltbot").stateDir).toBe("/home/ada/.moltbot-dev");
  expect(at({ profile: "dev" }, "/home/ada/.moltbot-dev").stateDir).toBe("/home/ada/.moltbot-dev");
  expect(at({ env: { MOLTBOT_PROFILE: "dev", MOLTBOT_STATE_DIR: "/srv/m" } }).stateDir).toBe("/srv/m-dev");
  expect(at({ profile: "work", env: { MOLTBOT_PROFILE: "dev" } })).toMatchObject({ profile: "work" });
  expect(at({ profile: "default" }).stateDir).toBe("/home/ada/.local/state/moltbot");
});

test.each(["", "../up", "a/b", "-x", ".", "a b", "x".repeat(33)])("%p is no profile name", (profile) => {
  expect(() => at({ profile })).toThrow("is no profile name");
});

test("what another version left is read, and never written", () => {
  const state = "/home/ada/.local/state/moltbot";
  expect(at({}, `${state}/openclaw.json`)).toMatchObject({
    configPath: `${state}/openclaw.json`,
    configTarget: `${state}/moltbot.json`,
  });
  expect(at({}, `${state}/clawdbot.json`, `${state}/moltbot.json`).configPath).toBe(`${state}/moltbot.json`);
  expect(at({ env: { MOLTBOT_CONFIG_PATH: "/etc/m.json" } }, `${state}/clawdbot.json`)).toMatchObject({
    configPath: "/etc/m.json",
    configTarget: "/etc/m.json",
  });
});

test("a setting is taken from the newest name that has a value", () => {
  const env = { MOLTBOT_A: " ", CLAWDBOT_A: "c", OPENCLAW_A: "o", OPENCLAW_B: "b", CLAWDBOT_FLAG: "1" };
  expect(setting(env, "A")).toBe("c");
  expect(setting(env, "B")).toBe("b");
  expect(setting(env, "C")).toBeUndefined();
  expect(isSet(env, "FLAG")).toBe(true);
  expect(isSet({ MOLTBOT_FLAG: "0" }, "FLAG")).toBe(false);
});
