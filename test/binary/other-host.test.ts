/** From another computer: two network namespaces of this machine, the compiled executable in both. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromium } from "playwright-core";
import { missingBrowser } from "../page/browser.ts";
import { emptyHome, executable, plainEnvironment } from "./executable.ts";
import { type Host, noNamespaces, type TwoHosts, twoHosts } from "./namespaces.ts";

const missing = noNamespaces();
if (missing !== null) {
  if (process.env.MOLTBOT_TEST_REQUIRE_ALL === "1") throw new Error(missing);
  console.warn(`tests between two hosts are skipped: ${missing}`);
}
const port = 18_789;
const secret = "open-sesame";

describe.skipIf(missing !== null)("from another computer", () => {
  let hosts: TwoHosts;
  const homes: string[] = [];
  beforeAll(() => {
    hosts = twoHosts();
  });
  afterAll(async () => {
    hosts[Symbol.dispose]();
    for (const home of homes) await rm(home, { recursive: true, force: true });
  });

  async function home(): Promise<string> {
    const made = await emptyHome();
    homes.push(made);
    return made;
  }

  function spawn(host: Host, at: string, args: readonly string[]) {
    const child = Bun.spawn([...host.enter, executable(), ...args], {
      cwd: at,
      env: plainEnvironment(at, { PATH: "/usr/sbin:/usr/bin:/sbin:/bin" }),
      stdin: "ignore",
      stdout: "pipe",
      stderr: "pipe",
    });
    let said = "";
    const told: (() => void)[] = [];
    const gather = async (stream: ReadableStream<Uint8Array>) => {
      const decoder = new TextDecoder();
      for await (const chunk of stream) {
        said += decoder.decode(chunk, { stream: true });
        for (const tell of told.splice(0)) tell();
      }
    };
    const over = Promise.all([gather(child.stdout), gather(child.stderr), child.exited]).then(() => {
      for (const tell of told.splice(0)) tell();
    });
    let ended = false;
    void over.then(() => {
      ended = true;
    });
    return {
      said: () => said,
      /** What stands in the first group where this is said. */
      async says(pattern: RegExp): Promise<string> {
        for (;;) {
          const found = pattern.exec(said);
          if (found !== null) return found[1] ?? found[0];
          if (ended) throw new Error(`it never said ${pattern}:\n${said}`);
          await new Promise<void>((resolve) => told.push(resolve));
        }
      },
      exited: over.then(() => child.exitCode),
      async [Symbol.asyncDispose]() {
        child.kill("SIGKILL");
        await child.exited;
      },
    };
  }

  async function startGateway(...flags: string[]) {
    const at = await home();
    const { gateway } = hosts;
    const started = spawn(gateway, at, [
      ...["gateway", "--bind", gateway.address, "--port", String(port), "--token", secret],
      ...flags,
    ]);
    await started.says(/gateway started/);
    return {
      /** Runs a command as the owner, on the gateway's own host. */
      async own(...args: string[]): Promise<string> {
        await using command = spawn(gateway, at, args);
        const code = await command.exited;
        if (code !== 0) throw new Error(command.said());
        return command.said();
      },
      [Symbol.asyncDispose]: started[Symbol.asyncDispose],
    };
  }

  const address = () => `ws://${hosts.gateway.address}:${port}`;

  test("a command says what to do, goes on by itself once it is approved, and is out once it is revoked", async () => {
    await using gateway = await startGateway();
    const at = await home();
    const reach = ["health", "--url", address(), "--token", secret];
    await using first = spawn(hosts.other, at, reach);
    const request = await first.says(/moltbot devices approve (\S+)/);
    expect(await gateway.own("devices", "list")).toContain(request.slice(0, 8));
    await gateway.own("devices", "approve", request);
    expect(await first.exited).toBe(0);

    await using again = spawn(hosts.other, at, ["health", "--url", address()]);
    expect(await again.exited).toBe(0);

    const { paired } = JSON.parse(await gateway.own("devices", "list", "--json")) as {
      paired: { deviceId: string }[];
    };
    await gateway.own("devices", "revoke", paired[0]?.deviceId ?? "");
    await using out = spawn(hosts.other, at, reach);
    expect(await out.exited).not.toBe(0);
    expect(out.said()).toContain("revoked");
  });

  test("without the secret there is one sentence, and nothing waits for the owner", async () => {
    await using gateway = await startGateway();
    await using stranger = spawn(hosts.other, await home(), ["health", "--url", address()]);
    expect(await stranger.exited).not.toBe(0);
    expect(stranger.said()).toContain("token");
    expect(JSON.parse(await gateway.own("devices", "list", "--json"))).toMatchObject({ pending: [] });
  });

  test("a link pairs without a question", async () => {
    await using gateway = await startGateway();
    const link = /https?:\/\/\S+#\S+/.exec(await gateway.own("pair"))?.[0] ?? "";
    expect(link).toContain(hosts.gateway.address);
    await using invited = spawn(hosts.other, await home(), ["health", "--url", link]);
    expect(await invited.exited).toBe(0);
    await using late = spawn(hosts.other, await home(), ["health", "--url", link]);
    expect(await late.exited).not.toBe(0);
  });

  test.skipIf(missingBrowser() !== null)(
    "the page over plain HTTP says why it cannot, and what would do",
    async () => {
      await using _gateway = await startGateway();
      await using page = await open(`http://${hosts.gateway.address}:${port}/`);
      await page.page
        .getByText(/moltbot tunnel|gateway\.tls/)
        .first()
        .waitFor();
    },
  );

  test.skipIf(missingBrowser() !== null)(
    "the page over TLS waits, and goes on by itself once it is approved",
    async () => {
      const at = await home();
      await using gateway = await startGatewayWithTls(at);
      await using far = await open(`https://${hosts.gateway.address}:${port}/`);
      await far.page.getByLabel("Secret").fill(secret);
      await far.page.getByRole("button", { name: "Open" }).click();
      const command = (await far.page.locator(".shell code").textContent()) ?? "";
      await gateway.own(...command.split(" ").slice(1));
      await far.page.getByRole("textbox", { name: "Message" }).waitFor();
    },
  );

  async function startGatewayWithTls(at: string) {
    const config = join(at, "moltbot.json");
    await writeFile(config, JSON.stringify({ gateway: { tls: { enabled: true } } }), { mode: 0o600 });
    const { gateway } = hosts;
    const env = (command: readonly string[]) => ["env", `MOLTBOT_CONFIG_PATH=${config}`, ...command];
    const host = { ...gateway, enter: [...gateway.enter, ...env([])] };
    const started = spawn(host, at, [
      ...["gateway", "--bind", gateway.address, "--port", String(port), "--token", secret],
    ]);
    await started.says(/gateway started/);
    return {
      async own(...args: string[]): Promise<void> {
        await using command = spawn(host, at, args);
        if ((await command.exited) !== 0) throw new Error(command.said());
      },
      [Symbol.asyncDispose]: started[Symbol.asyncDispose],
    };
  }

  /** A browser on the other host, whatever it thinks of the certificate. */
  async function open(url: string) {
    const directory = await mkdtemp(join(tmpdir(), "moltbot-far-browser-"));
    homes.push(directory);
    const program = join(directory, "chromium");
    const browserPath = process.env.MOLTBOT_CHROMIUM ?? "/usr/bin/chromium";
    await writeFile(program, `#!/bin/sh\nexec ${hosts.other.enter.join(" ")} ${browserPath} "$@"\n`);
    await chmod(program, 0o755);
    const browser = await chromium.launch({
      executablePath: program,
      args: ["--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking"],
    });
    const context = await browser.newContext({ ignoreHTTPSErrors: true, locale: "en-GB" });
    context.setDefaultTimeout(10_000);
    const page = await context.newPage();
    await page.goto(url);
    return { page, [Symbol.asyncDispose]: () => browser.close() };
  }
});
