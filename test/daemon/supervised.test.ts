/** The gateway as a supervisor runs it. */
import { expect, test } from "bun:test";
import { closeSync, mkdirSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openWhenDiskAllows, supervise, trimSaid } from "#src/cli/supervised.ts";
import { isInHomebrewUnit } from "#src/daemon/homebrew.ts";
import { openNotifier, watchdogMs } from "#src/daemon/notify.ts";
import { DiskTrouble } from "#src/lib/start-errors.ts";
import { openHome } from "../cli/run-moltbot.ts";
import { missingProgram } from "./supervisor.ts";

const receiver = `
import os, socket, sys
listener = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
name = sys.argv[1]
listener.bind("\\0" + name[1:] if name.startswith("@") else name)
print("listening", flush=True)
while True:
    print(listener.recv(4096).decode(), flush=True)
`;

/** A supervisor's datagram socket, and what has come in. */
async function listenAt(name: string) {
  const child = Bun.spawn(["python3", "-c", receiver, name], { stdout: "pipe", stdin: "ignore" });
  const reader = child.stdout.getReader();
  const decoder = new TextDecoder();
  let text = "";
  const until = async (wanted: string) => {
    while (!text.includes(wanted)) {
      const { value, done } = await reader.read();
      if (done) throw new Error(`it ended before "${wanted}": ${text}`);
      text += decoder.decode(value, { stream: true });
    }
  };
  await until("listening");
  return { until, [Symbol.dispose]: () => child.kill("SIGKILL") };
}

const skip = process.platform !== "linux" || missingProgram("python3") !== null;

test.skipIf(skip)(
  "a gateway under systemd says when it is ready, that it lives, and that it stops",
  async () => {
    using home = openHome();
    for (const socket of [join(home.path, "notify"), `@moltbot-test-${process.pid}`]) {
      using systemd = await listenAt(socket);
      const gateway = home.start(["gateway", "--service", "--port", "0", "--no-open"], {
        env: { NOTIFY_SOCKET: socket, WATCHDOG_USEC: "300000" },
      });
      await systemd.until("READY=1");
      await systemd.until("WATCHDOG=1");
      gateway.kill("SIGTERM");
      await systemd.until("STOPPING=1");
      expect(await gateway.exited).toMatchObject({ code: 0, out: "" });
    }
  },
);

test.skipIf(skip)("a supervisor that is gone is logged, and nothing worse", async () => {
  const problems: unknown[] = [];
  const notifier = await openNotifier({ NOTIFY_SOCKET: "/no/such/socket" }, (error) => problems.push(error));
  notifier.ready();
  notifier.close();
  expect(problems.map(String)).toEqual(["Error: nobody takes datagrams at /no/such/socket"]);
});

test("the watchdog is told three times in its span, and only by the process that it means", () => {
  expect(watchdogMs({ WATCHDOG_USEC: "60000000" })).toBe(20_000);
  expect(watchdogMs({ WATCHDOG_USEC: "60000000", WATCHDOG_PID: "7" }, 7)).toBe(20_000);
  expect(watchdogMs({ WATCHDOG_USEC: "60000000", WATCHDOG_PID: "8" }, 7)).toBeNull();
  expect(watchdogMs({ WATCHDOG_USEC: "soon" })).toBeNull();
  expect(watchdogMs({})).toBeNull();
});

function inFolder(use: (folder: string) => void | Promise<void>): () => Promise<void> {
  return async () => {
    const folder = mkdtempSync(join(tmpdir(), "moltbot-supervised-"));
    try {
      await use(folder);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  };
}

test(
  "on macOS a wrong config leaves the control plane, shut to all but the owner, until it is right",
  inFolder(async (folder) => {
    const configPath = join(folder, "moltbot.json");
    writeFileSync(configPath, "{ gateway: { port: 'nine', bind: 'lan' } ");
    const options = { configPath, env: { MOLTBOT_GATEWAY_PORT: "19777" }, flags: {}, lookEveryMs: 1 };
    expect(() => supervise({ ...options, insists: false }).settle()).toThrow("moltbot.json");

    const supervision = supervise({ ...options, insists: true });
    const { loaded, resolved } = supervision.settle();
    expect(resolved).toMatchObject({
      port: 19_777,
      addresses: ["127.0.0.1", "::1"],
      auth: { mode: "token" },
    });
    expect(loaded.issues).toMatchObject([{ path: "", message: expect.stringContaining("moltbot.json") }]);
    expect(supervision.problem).toContain("moltbot.json");

    const { promise, resolve } = Promise.withResolvers<void>();
    supervision.untilMended(resolve);
    writeFileSync(configPath, "{}");
    await promise;
  }),
);

test(
  "where the config is right, nothing is waited for",
  inFolder((folder) => {
    const supervision = supervise({
      insists: true,
      configPath: join(folder, "moltbot.json"),
      env: {},
      flags: { port: 0 },
    });
    expect(supervision.settle().resolved.auth).toEqual({ mode: "none" });
    expect(supervision.problem).toBeNull();
    supervision.untilMended(() => expect.unreachable())();
  }),
);

test(
  "Homebrew's unit is told from others",
  inFolder((folder) => {
    const cgroup = join(folder, "cgroup");
    expect(isInHomebrewUnit(cgroup)).toBe(false);
    const units: [unit: string, isHomebrew: boolean][] = [
      ["homebrew.moltbot.service", true],
      ["moltbot-gateway.service", false],
      ["homebrew.moltbot.service/child", false],
    ];
    for (const [unit, isHomebrew] of units) {
      writeFileSync(cgroup, `0::/user.slice/user-1000.slice/user@1000.service/app.slice/${unit}\n`);
      expect([unit, isInHomebrewUnit(cgroup)]).toEqual([unit, isHomebrew]);
    }
  }),
);

test("a start on a disk that takes nothing waits for room, and for nothing else", async () => {
  const told: string[] = [];
  const failures = [new DiskTrouble("full", 1), new DiskTrouble("read-only", 1)];
  const open = () => {
    const failure = failures.shift();
    return failure === undefined ? Promise.resolve("open") : Promise.reject(failure);
  };
  expect(await openWhenDiskAllows(open, (why) => told.push(why), 1)).toBe("open");
  expect(told).toEqual(["full", "read-only"]);
  const otherwise = openWhenDiskAllows(
    () => Promise.reject(new Error("broken")),
    () => {},
    1,
  );
  await expect(otherwise).rejects.toThrow("broken");
});

test("on Linux a wrong config ends the service with 78, which systemd is told to take as final", async () => {
  using home = openHome();
  mkdirSync(home.stateDir, { recursive: true });
  writeFileSync(join(home.stateDir, "moltbot.json"), "{ gateway: { port: 'nine' } }");
  const { code, err } = await home.run(["gateway", "--service"]);
  expect([code, err]).toEqual([78, expect.stringContaining("port")]);
});

test(
  "what launchd has gathered is emptied once it is large; less is left alone",
  inFolder((folder) => {
    for (const [bytes, left] of [
      [2 * 1024 * 1024, 0],
      [1000, 1000],
    ] as const) {
      const path = join(folder, "said.log");
      writeFileSync(path, "x".repeat(bytes));
      const descriptor = openSync(path, "a");
      trimSaid([descriptor, 9999]);
      closeSync(descriptor);
      expect(readFileSync(path)).toHaveLength(left);
    }
  }),
);
