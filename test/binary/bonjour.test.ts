/** Bonjour: the compiled executable in one network namespace, who looks for it in another. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { emptyHome, executable, plainEnvironment } from "./executable.ts";
import { type Host, noNamespaces, type TwoHosts, twoHosts } from "./namespaces.ts";

const missing = noNamespaces();
if (missing !== null) {
  if (process.env.MOLTBOT_TEST_REQUIRE_ALL === "1") throw new Error(missing);
  console.warn(`tests of Bonjour are skipped: ${missing}`);
}
const neighbourProgram = join(import.meta.dir, "mdns-neighbour.ts");

describe.skipIf(missing !== null)("in the local network", () => {
  let hosts: TwoHosts;
  const homes: string[] = [];
  const running: { [Symbol.asyncDispose](): Promise<void> }[] = [];
  beforeAll(() => {
    hosts = twoHosts();
  });
  afterEach(async () => {
    for (const each of running.splice(0)) await each[Symbol.asyncDispose]();
  });
  afterAll(async () => {
    hosts[Symbol.dispose]();
    for (const home of homes) await rm(home, { recursive: true, force: true });
  });

  function spawn(host: Host, command: readonly string[], env: Record<string, string>) {
    const child = Bun.spawn([...host.enter, ...command], {
      env,
      stdin: "ignore",
      stdout: "pipe",
      stderr: "pipe",
    });
    let said = "";
    let ended = false;
    const told = new Set<() => void>();
    const wake = () => {
      for (const each of told) each();
      told.clear();
    };
    const gather = async (stream: ReadableStream<Uint8Array>) => {
      for await (const chunk of stream) {
        said += Buffer.from(chunk).toString();
        wake();
      }
    };
    const over = Promise.all([gather(child.stdout), gather(child.stderr), child.exited]).then(() => {
      ended = true;
      wake();
    });
    const spawned = {
      pid: child.pid,
      said: () => said,
      async says(what: string | RegExp): Promise<void> {
        while (!(typeof what === "string" ? said.includes(what) : what.test(said))) {
          if (ended) throw new Error(`it never said ${what}:\n${said}`);
          await new Promise<void>((resolve) => told.add(resolve));
        }
      },
      async stop(): Promise<void> {
        child.kill("SIGTERM");
        await over;
      },
      exited: over.then(() => child.exitCode),
      async [Symbol.asyncDispose]() {
        child.kill("SIGKILL");
        await over;
      },
    };
    running.push(spawned);
    return spawned;
  }

  async function home(): Promise<string> {
    const made = await emptyHome();
    homes.push(made);
    return made;
  }

  async function moltbot(host: Host, at: string, ...args: string[]) {
    const path = { PATH: "/usr/sbin:/usr/bin:/sbin:/bin" };
    return spawn(host, [executable(), ...args], plainEnvironment(at, path));
  }

  const gateway = (at: string, bind: string) =>
    moltbot(hosts.gateway, at, "gateway", "--bind", bind, "--port", "18789", "--token", "open-sesame");

  const neighbour = (rubbish = 0, host = hosts.other) =>
    spawn(host, [process.execPath, neighbourProgram, host.address, String(rubbish)], {
      PATH: "/usr/bin:/bin",
    });

  test("a gateway is found, and gone once it stops", async () => {
    const found = await neighbour();
    await found.says("ready");
    const running = await gateway(await home(), hosts.gateway.address);
    await running.says("announced in the local network");
    await found.says(/PTR _openclaw-gw\._tcp\.local\. 4500/);
    await found.says(/PTR _clawdbot-gw\._tcp\.local\. 4500 (.+)\n/);
    await found.says(/A moltbot-[0-9a-f]{8}\.local\. 120 10\.77\.0\.1/);
    const said = found.said();
    expect(said).toMatch(
      /SRV Moltbot on .+\._clawdbot-gw\._tcp\.local\. 120 18789 moltbot-[0-9a-f]{8}\.local\./,
    );
    const texts = /TXT Moltbot .*_clawdbot-gw.* 4500 (.*)\n/.exec(said)?.[1]?.split("|") ?? [];
    expect(texts.map((text) => text.split("=")[0])).toEqual([
      "role",
      "displayName",
      "gatewayPort",
      "lanHost",
    ]);

    const listed = await moltbot(hosts.other, await home(), "gateways", "discover", "--json");
    expect(await listed.exited).toBe(0);
    expect(JSON.parse(listed.said())).toMatchObject([{ url: "ws://10.77.0.1:18789" }]);

    await running.stop();
    await found.says(/PTR _clawdbot-gw\._tcp\.local\. 0 /);
    const none = await moltbot(hosts.other, await home(), "gateways", "discover");
    expect(await none.exited).toBe(0);
    expect(none.said()).toContain("no gateway announces itself");
  });

  test("nobody hears of one that listens on loopback", async () => {
    const running = await gateway(await home(), "loopback");
    await running.says("gateway started");
    const none = await moltbot(hosts.other, await home(), "gateways", "discover", "--json");
    expect(await none.exited).toBe(0);
    expect(JSON.parse(none.said())).toEqual([]);
    expect(running.said()).not.toContain("local network");
  });

  test("rubbish neither ends it nor makes it grow, and it still answers", async () => {
    const at = await home();
    const running = await gateway(at, hosts.gateway.address);
    await running.says("announced in the local network");
    const warm = await neighbour(5_000);
    await warm.says("ready");
    const before = rssMb(running.pid);
    const rude = await neighbour(50_000);
    await rude.says("ready");
    await rude.says(/PTR _clawdbot-gw\._tcp\.local\. 4500/);
    expect(rssMb(running.pid) - before).toBeLessThan(20);
    const asked = await moltbot(hosts.gateway, at, "health", "--json");
    expect(await asked.exited).toBe(0);
    expect(running.said()).not.toContain("ERROR");
  }, 40_000);

  test("a port that somebody keeps to himself is one line in the log and a note in health", async () => {
    const at = await home();
    const greedy = spawn(
      hosts.gateway,
      [
        process.execPath,
        "-e",
        'require("node:dgram").createSocket("udp4").bind(5353, "0.0.0.0", () => console.log("mine"))',
      ],
      { PATH: "/usr/bin:/bin" },
    );
    await greedy.says("mine");
    const running = await gateway(at, hosts.gateway.address);
    await running.says("not announced in the local network");
    const asked = await moltbot(hosts.gateway, at, "health", "--json");
    expect(await asked.exited).toBe(0);
    expect(asked.said()).toContain('"bonjour"');
    expect(running.said().match(/not announced/g)).toHaveLength(1);
  });
});

function rssMb(pid: number): number {
  const kilobytes = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1];
  return Number(kilobytes) / 1_024;
}
