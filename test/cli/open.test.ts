import { afterAll, beforeAll, expect, test } from "bun:test";
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { connectGateway } from "#src/client/client.ts";
import { type Home, openHome, type Started, until } from "./run-moltbot.ts";

let home: Home;
let gateway: Started;
let url = "";

beforeAll(async () => {
  home = openHome();
  gateway = home.start(["gateway", "--port", "0", "--token", "open-sesame"]);
  await until(() => gateway.out().includes("gateway started"), gateway);
  url = JSON.parse(readFileSync(join(home.stateDir, "gateway.json"), "utf8")).url;
});
afterAll(() => home[Symbol.dispose]());

/** How the gateway lets in who brings the link's secret. */
async function methodBy(link: string): Promise<string | undefined> {
  const token = new URLSearchParams(new URL(link).hash.slice(1)).get("t") ?? "";
  await using client = await connectGateway({
    url: url.replace("http", "ws"),
    client: { id: "webchat-ui", version: "1", platform: "web", mode: "webchat" },
    scopes: ["operator.admin"],
    auth: { token, password: token },
  });
  expect(client.hello.auth.scopes).toEqual(["operator.admin"]);
  return client.hello.auth.method;
}

test("without a screen it prints a link that lets its user in, once, alone on standard output", async () => {
  for (const [args, env] of [
    [["open"], {}],
    [["open", "--no-browser"], { DISPLAY: ":0" }],
    [["open"], { DISPLAY: ":0", MOLTBOT_NO_OPEN: "1" }],
  ] as const) {
    const { code, out, err } = await home.run([...args], { env });
    expect(code).toBe(0);
    expect(err).toBe("this link works once, within ten minutes, on this computer:\n");
    const link = out.trimEnd();
    expect(link).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/#t=[\w-]{43}$/);
    expect(await methodBy(link)).toBe("page");
    await expect(methodBy(link)).rejects.toThrow("token mismatch");
  }
  const { url: link, once } = JSON.parse((await home.run(["open", "--json"])).out);
  expect(once).toBe(true);
  expect(await methodBy(link)).toBe("page");
});

test.skipIf(process.platform !== "linux")(
  "on a desktop the browser gets the link, and the screen does not",
  async () => {
    const bin = join(home.path, "bin");
    const note = join(home.path, "opened");
    mkdirSync(bin);
    writeFileSync(
      join(bin, "xdg-open"),
      `#!/bin/sh\nprintf %s "$1" > '${note}.part' && mv '${note}.part' '${note}'\n`,
    );
    chmodSync(join(bin, "xdg-open"), 0o755);
    const env = { PATH: `${bin}:${process.env.PATH}`, DISPLAY: ":0" };
    expect(await home.run(["open"], { env })).toEqual({
      code: 0,
      out: "opening in your browser; the link works once\n",
      err: "",
    });
    while (!existsSync(note)) await Bun.sleep(5);
    expect(await methodBy(readFileSync(note, "utf8"))).toBe("page");
  },
);

test("over SSH it says how to bring the page over first", async () => {
  const env = { SSH_CONNECTION: "203.0.113.9 50122 192.0.2.7 22", USER: "ann", DISPLAY: ":0" };
  const { out, err } = await home.run(["open"], { env });
  expect(err).toMatch(/^first, on your computer: ssh -N -L (\d+):127\.0\.0\.1:\1 ann@192\.0\.2\.7\n/);
  expect(out).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/#t=/);
});

test("another computer's gateway has no link to give: its page is opened as it is", async () => {
  const away = { MOLTBOT_STATE_DIR: join(home.path, "elsewhere") };
  expect(await home.run(["open", "--url", "wss://gateway.example/bot/"], { env: away })).toEqual({
    code: 0,
    out: "https://gateway.example/bot/\n",
    err: "that gateway is another computer's; its page asks for the secret:\n",
  });
});

test("without a gateway it says how to start one", async () => {
  const away = { MOLTBOT_STATE_DIR: join(home.path, "elsewhere"), MOLTBOT_GATEWAY_PORT: "1" };
  expect(await home.run(["open"], { env: away })).toMatchObject({
    code: 4,
    out: "",
    err: expect.stringContaining("start it: moltbot gateway"),
  });
});
