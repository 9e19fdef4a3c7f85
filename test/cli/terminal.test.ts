/** The command line on a real terminal: a pseudo-terminal of its own. */
import { expect, test } from "bun:test";
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Home, openHome } from "./run-moltbot.ts";
import { type Typed, typeInto } from "./typing.ts";

const main = join(import.meta.dir, "../../src/main.ts");

/** moltbot from source in a home, on a terminal of its own. */
function onTerminal(home: Home, args: string[], env: Record<string, string> = {}): Typed {
  const variables = { HOME: home.path, MOLTBOT_STATE_DIR: home.stateDir, ...env };
  return typeInto([process.execPath, main, ...args], {
    cwd: home.path,
    env: { PATH: process.env.PATH ?? "", ...variables },
  });
}

/** A desktop whose browser notes what it is told to open. */
function desktop(home: Home): { env: Record<string, string>; opened(): string | null } {
  const bin = join(home.path, "bin");
  const note = join(home.path, "opened");
  mkdirSync(bin);
  writeFileSync(
    join(bin, "xdg-open"),
    `#!/bin/sh\nprintf %s "$1" > '${note}.part' && mv '${note}.part' '${note}'\n`,
  );
  chmodSync(join(bin, "xdg-open"), 0o755);
  return {
    env: { PATH: `${bin}:${process.env.PATH}`, DISPLAY: ":0" },
    opened: () => (existsSync(note) ? readFileSync(note, "utf8") : null),
  };
}

const linux = process.platform === "linux";

test.skipIf(!linux)(
  "the first start on a desktop opens the page; --no-open and MOLTBOT_NO_OPEN do not",
  async () => {
    for (const [args, more, opens] of [
      [[], {}, true],
      [["--no-open"], {}, false],
      [[], { MOLTBOT_NO_OPEN: "1" }, false],
      [[], { SSH_CONNECTION: "203.0.113.9 50122 192.0.2.7 22" }, false],
    ] as const) {
      using home = openHome();
      const { env, opened } = desktop(home);
      using gateway = onTerminal(home, ["gateway", "--port", "0", ...args], { ...env, ...more });
      await gateway.shows("Ctrl-C.");
      expect(gateway.screen().includes("opening in your browser")).toBe(opens);
      if (opens) {
        while (opened() === null) await Bun.sleep(5);
        expect(gateway.screen()).toContain(opened() ?? "nothing");
      }
      gateway.type("\u0003");
      await gateway.shows("stopping…");
      expect(await gateway.exited).toBe(0);
      expect(opened() !== null).toBe(opens);
    }
  },
);

test("a conversation on a terminal: typed, answered, left with Ctrl-C; the next one begins with it", async () => {
  using home = openHome();
  using gateway = onTerminal(home, ["gateway", "--port", "0", "--no-open"]);
  await gateway.shows("Ctrl-C.");
  {
    using chat = onTerminal(home, ["chat"]);
    await chat.shows("session main · built-in helper (not an AI)");
    await chat.shows("\u001b[36m› ");
    chat.type("/whoami\r");
    await chat.shows("agent:main:main");
    await chat.shows("› ");
    chat.type("\u0003");
    expect(await chat.exited).toBe(0);
  }
  {
    using chat = onTerminal(home, ["chat"], { NO_COLOR: "1" });
    await chat.shows("› /whoami");
    await chat.shows("agent:main:main");
    await chat.shows("› ");
    chat.type("\u0004");
    expect(await chat.exited).toBe(0);
    expect(chat.screen()).not.toContain("\u001b[36m");
  }
  gateway.type("\u0003");
  expect(await gateway.exited).toBe(0);
});
