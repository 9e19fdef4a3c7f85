/** `moltbot tunnel` against a real SSH server. */
import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { commands } from "#src/cli/commands.ts";
import { runCli } from "#src/cli/run.ts";
import { keepTunnel, type Probe, type TunnelEvent } from "#src/daemon/tunnel.ts";
import { fakeTerminal } from "../cli/fake-terminal.ts";
import { type Home, openHome, type Started, until } from "../cli/run-moltbot.ts";
import { startHouse } from "../wire/start-house.ts";
import { freePort, missingSsh, openSshServer, type SshServer, takes } from "./ssh-server.ts";
import { openSupervisedHome } from "./supervisor.ts";

const overSsh = describe.skipIf(missingSsh() !== null);

overSsh("a tunnel", () => {
  let server: SshServer;
  let home: Home;
  beforeEach(async () => {
    server = await openSshServer();
    home = openHome();
  });
  afterEach(async () => {
    home[Symbol.dispose]();
    await server[Symbol.asyncDispose]();
  });

  const open = (port: number, remotePort: number, ...more: string[]): Started => {
    const numbers = ["--port", String(port), "--remote-port", String(remotePort)];
    return home.start(["tunnel", server.target, ...numbers, ...more], { env: server.env });
  };
  const times = (text: string, part: string) => text.split(part).length - 1;

  test("brings a gateway near, comes back when its host does, and ends cleanly", async () => {
    await using house = await startHouse();
    const port = freePort();
    const tunnel = open(port, house.port);
    await until(() => tunnel.out().includes(`is at http://127.0.0.1:${port}`), tunnel);
    const asked = await home.run(["status", "--json", "--url", `ws://127.0.0.1:${port}`]);
    expect(asked).toMatchObject({ code: 0, err: "" });

    await server.kill();
    await until(() => tunnel.err().includes("the tunnel is down"), tunnel);
    await server.start();
    await until(() => times(tunnel.out(), "is at http://127.0.0.1") === 2, tunnel);
    expect((await home.run(["health", "--url", `ws://127.0.0.1:${port}`])).code).toBe(0);

    tunnel.kill("SIGTERM");
    expect(await tunnel.exited).toMatchObject({ code: 0, err: expect.stringMatching(/closed\n$/) });
    expect(await takes(port)).toBe(false);
  });

  test("a gateway that wants a secret is one all the same", async () => {
    await using house = await startHouse({ flags: { token: "secret" } });
    const tunnel = open(freePort(), house.port);
    await until(() => tunnel.out().includes("is at http://"), tunnel);
    tunnel.kill("SIGINT");
    expect((await tunnel.exited).code).toBe(0);
  });

  test("a host that does not let us in is asked once, and it is said what to do", async () => {
    writeFileSync(join(server.directory, "authorized"), "");
    const { code, out, err } = await open(freePort(), 1).exited;
    expect([code, out]).toEqual([77, ""]);
    expect(err).toContain(`${server.target} does not let you in: `);
    expect(err).toContain(`ssh-copy-id ${server.target}`);
    expect(times(server.log(), "Connection from")).toBe(1);
  });

  test("--identity names the key", async () => {
    server.configure("  IdentityFile none");
    const wrong = await open(freePort(), 1, "--identity", join(server.directory, "other")).exited;
    expect(wrong.code).toBe(77);
    const missing = await open(freePort(), 1, "--identity", "nowhere").exited;
    expect(missing).toMatchObject({ code: 78, err: expect.stringContaining("no key file") });
    const right = open(freePort(), 1, "--identity", server.key);
    await until(() => right.err().includes("no gateway answers"), right);
    right.kill("SIGTERM");
    expect((await right.exited).code).toBe(0);
  });

  test("a host that was never visited, or changed its key, is not believed", async () => {
    const known = join(server.directory, "known");
    const right = readFileSync(known, "utf8");
    writeFileSync(known, "");
    const fresh = await open(freePort(), 1).exited;
    expect(fresh.code).toBe(77);
    expect(fresh.err).toContain(`accept it once: ssh ${server.target}`);
    const other = readFileSync(join(server.directory, "other.pub"), "utf8");
    writeFileSync(known, `${right.split(" ")[0]} ${other}`);
    const changed = await open(freePort(), 1).exited;
    expect(changed.code).toBe(77);
    expect(changed.err).toContain("shows another key than before");
    expect(server.log()).not.toContain("Accepted publickey");
  });

  test("a port that somebody has is named, with its holder", async () => {
    using held = Bun.listen({ hostname: "127.0.0.1", port: 0, socket: { data() {} } });
    const { code, err } = await open(held.port, 1).exited;
    expect(code).toBe(78);
    expect(err).toContain(`port ${held.port} of this computer is in use by `);
    expect(err).toContain("--port NUMBER");
    expect(server.log()).not.toContain("Connection from");
  });

  test("has one keeper, and the next one takes over when it is gone, however it went", async () => {
    await using house = await startHouse();
    const port = freePort();
    const first = open(port, house.port);
    await until(() => first.out().includes("is at http://"), first);
    const second = await open(port, house.port).exited;
    expect(second.code).toBe(3);
    expect(second.err).toContain(`already kept (pid ${first.pid})`);
    first.kill("SIGKILL");
    await first.exited;
    // Its ssh goes with it, and with that the port.
    while (await takes(port)) await Bun.sleep(5);
    const third = open(port, house.port);
    await until(() => third.out().includes("is at http://"), third);
    third.kill("SIGTERM");
    expect((await third.exited).code).toBe(0);
  });

  test("where no gateway listens there, that is said, and the tunnel waits for one", async () => {
    const tunnel = open(freePort(), freePort());
    await until(() => tunnel.err().includes("no gateway answers at port"), tunnel);
    expect(tunnel.err()).toContain("Connection refused");
    tunnel.kill("SIGTERM");
    expect((await tunnel.exited).code).toBe(0);
  });

  test("goes through a connection that the person shares, and leaves that one alone", async () => {
    await using house = await startHouse();
    const socket = join(server.directory, "m");
    server.configure(`  IdentityFile ${server.key}\n  ControlPath ${socket}`);
    expect(server.ssh("-f", "-N", "-M", server.target).code).toBe(0);
    const port = freePort();
    const tunnel = open(port, house.port);
    await until(() => tunnel.out().includes("is at http://"), tunnel);
    expect(times(server.log(), "Accepted publickey")).toBe(1);
    tunnel.kill("SIGTERM");
    expect((await tunnel.exited).code).toBe(0);
    expect(await takes(port)).toBe(false);
    expect(server.ssh("-O", "check", server.target).code).toBe(0);

    // When the shared one ends, the tunnel goes on by itself.
    const again = open(port, house.port);
    await until(() => again.out().includes("is at http://"), again);
    expect(server.ssh("-O", "exit", server.target).code).toBe(0);
    await until(() => times(again.out(), "is at http://") === 2, again);
    expect(times(server.log(), "Accepted publickey")).toBe(2);
    again.kill("SIGTERM");
    expect((await again.exited).code).toBe(0);
  });

  test("through which nothing comes back is laid anew", async () => {
    const ending = new AbortController();
    const events: TunnelEvent[] = [];
    let greetings = 0;
    const kept = keepTunnel({
      route: { target: server.target, localPort: freePort(), remotePort: 1 },
      ssh: Bun.which("ssh", { PATH: server.env.PATH }) ?? "",
      env: server.env,
      attached: false,
      persistent: false,
      probe: async (): Promise<Probe> => {
        greetings += 1;
        return greetings < 3 ? { is: "silent" } : { is: "gateway", url: "http://x", version: "1" };
      },
      tell(event) {
        events.push(event);
        if (event.is === "up") ending.abort();
      },
      signal: ending.signal,
      pace: { lookEveryMs: 1, minRetryMs: 1, maxRetryMs: 1 },
      random: () => 1,
    });
    expect(await kept).toBeNull();
    expect(events).toEqual([
      { is: "connecting" },
      {
        is: "down",
        failure: { is: "lost", said: "nothing comes back through the tunnel" },
        retryMs: 1,
      },
      { is: "connecting" },
      { is: "up", url: "http://x", version: "1" },
    ]);
    expect(times(server.log(), "Accepted publickey")).toBe(2);
  });
});

/** Keeps a tunnel whose ssh only says this, until it has been down so often. */
async function fail(says: string, often: number, persistent: boolean, random: () => number) {
  using home = openHome();
  const ssh = join(home.path, "ssh");
  writeFileSync(ssh, `#!/bin/sh\n[ "$1" = -G ] && exit 0\necho '${says}' >&2\nexit 255\n`, { mode: 0o755 });
  const ending = new AbortController();
  const waits: number[] = [];
  const failure = await keepTunnel({
    route: { target: "x", localPort: freePort(), remotePort: 1 },
    ssh,
    env: { PATH: process.env.PATH },
    attached: false,
    persistent,
    probe: async () => ({ is: "silent" }),
    tell(event) {
      if (event.is !== "down") return;
      waits.push(event.retryMs);
      if (waits.length === often) ending.abort();
    },
    signal: ending.signal,
    pace: { minRetryMs: 4, maxRetryMs: 16, stuckRetryMs: 50 },
    random,
  });
  return { failure, waits };
}

test("a host that cannot be reached is tried ever more slowly, each time at another moment", async () => {
  const lost = "ssh: connect to host x port 22: Connection refused";
  expect(await fail(lost, 5, false, () => 1)).toEqual({ failure: null, waits: [4, 8, 16, 16, 16] });
  expect(await fail(lost, 4, false, () => 0)).toEqual({ failure: null, waits: [2, 4, 8, 8] });
});

test("a service waits long where only a person can help; at a terminal it ends", async () => {
  const denied = "x: Permission denied (publickey).";
  expect(await fail(denied, 2, true, () => 0)).toEqual({ failure: null, waits: [50, 50] });
  expect(await fail(denied, 9, false, () => 0)).toEqual({
    failure: { is: "refused", said: denied },
    waits: [],
  });
});

test("what is no place for ssh never reaches it", async () => {
  for (const target of ["-oProxyCommand=x", "a@-b", "a b@c", "a@b;c", "$(x)"]) {
    const terminal = fakeTerminal({ env: { PATH: "" }, color: false });
    const words = target.startsWith("-") ? ["tunnel", "--", target] : ["tunnel", target];
    expect([target, await runCli(commands, words, terminal)]).toEqual([target, 2]);
  }
});

test.skipIf(process.platform !== "linux")("--install makes a service of it, without a secret", async () => {
  using at = openSupervisedHome();
  const run = async (...line: string[]) => {
    const terminal = fakeTerminal({ env: at.env, color: false });
    return { code: await runCli(commands, line, terminal), out: terminal.out(), err: terminal.err() };
  };
  const line = ["tunnel", "me@host", "--port", "18790"];
  const printed = await run(...line, "--print");
  expect(printed.out).toContain(
    "tunnel me@host --port 18790 --remote-port 18789 --service\nRestart=on-failure\n",
  );
  expect(printed.out).toContain("Type=exec\n");
  expect(at.orders()).toEqual([]);
  expect((await run(...line, "--install")).code).toBe(0);
  expect(readFileSync(join(at.units, "moltbot-tunnel-me-at-host-18790.service"), "utf8")).toBe(printed.out);
  expect(at.orders()).toContain("systemctl --user start moltbot-tunnel-me-at-host-18790.service");
  expect((await run(...line, "--uninstall")).out).toContain("removed ");
});
