/** Several gateways by name. */
import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { chmodSync, mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Home, openHome } from "./run-moltbot.ts";
import { health, type ScriptedGateway, type ScriptOptions, scriptedGateway } from "./scripted-gateway.ts";

let home: Home;
let far: ScriptedGateway;
let farther: ScriptedGateway;
const answers: ScriptOptions = {
  methods: { health: ({ id }, peer) => peer.answer(id, health()) },
};

beforeEach(() => {
  home = openHome();
  far = scriptedGateway(answers);
  farther = scriptedGateway(answers);
});
afterEach(() => {
  for (const each of [home, far, farther]) each[Symbol.dispose]();
});

const asked = (gateway: ScriptedGateway) =>
  gateway.requests.filter(({ method }) => method === "connect").map(({ params }) => params.auth);
const call = (...more: string[]) => home.run(["call", "health", ...more]);

describe("named gateways", () => {
  test("are asked by name, or by choice, and each is shown what is its own alone", async () => {
    expect(await home.run(["gateways", "add", "far", far.url, "--token", "t-far"])).toMatchObject({
      code: 0,
      out: `far is ${far.url}/\n`,
    });
    await home.run(["gateways", "add", "farther", `127.0.0.1:${farther.port}`, "--password", "p-farther"]);
    expect(statSync(join(home.stateDir, "gateways.json")).mode & 0o777).toBe(0o600);

    expect((await home.run(["--gateway", "far", "call", "health"])).code).toBe(0);
    expect(asked(far)).toMatchObject([{ token: "t-far" }]);
    expect((await home.run(["gateways", "use", "farther"])).code).toBe(0);
    const env = { MOLTBOT_GATEWAY_TOKEN: "t-elsewhere" };
    expect((await home.run(["call", "health"], { env })).code).toBe(0);
    expect(asked(farther)).toMatchObject([{ password: "p-farther" }]);
    expect(asked(farther)[0]).not.toHaveProperty("token");

    // What is said at the moment counts before what was chosen.
    expect((await call("--gateway=far")).code).toBe(0);
    expect((await call("--url", far.url)).code).toBe(0);
    expect((await home.run(["call", "health"], { env: { MOLTBOT_GATEWAY_URL: far.url } })).code).toBe(0);
    expect(asked(far)).toHaveLength(4);
    expect(asked(farther)).toHaveLength(1);
    expect(await call("--gateway", "local")).toMatchObject({
      code: 4,
      err: expect.stringContaining("no gateway is running at ws://127.0.0.1:18789"),
    });

    const listed = await home.run(["gateways"]);
    expect(listed.out).toContain("in use");
    expect(listed.out + (await home.run(["gateways", "list", "--json"])).out).not.toMatch(/t-far|p-farther/);
    expect((await home.run(["gateways", "remove", "farther"])).code).toBe(0);
    expect(JSON.parse(readFileSync(join(home.stateDir, "gateways.json"), "utf8"))).toMatchObject({
      used: null,
      gateways: { far: { token: "t-far" } },
    });
  });

  test("a link is used once, and only what it leads to is kept", async () => {
    const pin = "ab".repeat(32);
    const added = await home.run(["gateways", "add", "far", `${far.url}/#pair=once`]);
    expect(added).toMatchObject({ code: 0, err: expect.stringContaining("--gateway far") });
    expect(asked(far)).toHaveLength(1);
    // One that cannot be reached now is not kept: its link may still be good.
    const pinned = await home.run(["gateways", "add", "safe", `https://127.0.0.1:9/#pair=once&tls=${pin}`]);
    expect(pinned.code).toBe(69);
    await home.run(["gateways", "add", "pinned", "office.example:1", "--tls-fingerprint", pin]);
    const kept = readFileSync(join(home.stateDir, "gateways.json"), "utf8");
    expect(kept).not.toContain("once");
    expect(JSON.parse(kept).gateways.pinned.url).toBe("wss://office.example:1/");
    expect(Object.keys(JSON.parse(kept).gateways)).toEqual(["far", "pinned"]);
  });

  test("a name that is taken keeps its address, secret and pin unless they are to be replaced", async () => {
    const pin = "ab".repeat(32);
    await home.run(["gateways", "add", "far", "wss://x:1", "--token", "t-1", "--tls-fingerprint", pin]);
    const file = join(home.stateDir, "gateways.json");
    const before = readFileSync(file, "utf8");
    // Nor is a link used up for it.
    expect(await home.run(["gateways", "add", "far", `${far.url}/#pair=once`])).toMatchObject({
      code: 2,
      out: "",
      err: expect.stringMatching(/far is wss:\/\/x:1\/ already[\s\S]*moltbot gateways add far URL --replace/),
    });
    expect([readFileSync(file, "utf8"), asked(far)]).toEqual([before, []]);
    expect((await home.run(["gateways", "add", "far", far.url, "--replace"])).code).toBe(0);
    expect(JSON.parse(readFileSync(file, "utf8")).gateways).toEqual({ far: { url: `${far.url}/` } });
  });

  test("what cannot be meant is said, and nothing is lost", async () => {
    await home.run(["gateways", "add", "far", far.url]);
    const wrong: [string[], number, string][] = [
      [["call", "health", "--gateway", "fat"], 2, 'no gateway is called "fat"\n  there are: local'],
      [["call", "health", "--gateway", "far", "--url", far.url], 2, "exclude each other"],
      [["gateways", "add", "local", far.url], 2, "is no name for a gateway"],
      [["gateways", "add", "../x", far.url], 2, "is no name for a gateway"],
      [["gateways", "add", "x", "ftp://x"], 2, "is no address of a gateway"],
      [["gateways", "add", "x", "ws://me:pw-9@y:1"], 2, "--token or --password"],
      [["gateways", "add", "x", "y:1", "--tls-fingerprint", "ab"], 2, "is no fingerprint"],
      [["gateways", "remove", "x"], 2, 'no gateway is called "x"'],
      [["gateways", "use", "constructor"], 2, "no gateway is called"],
    ];
    for (const [line, code, says] of wrong) {
      expect([line, await home.run(line)]).toMatchObject([
        line,
        { code, out: "", err: expect.stringContaining(says) },
      ]);
    }
    const file = join(home.stateDir, "gateways.json");
    chmodSync(file, 0o644);
    expect(await call("--gateway", "far")).toMatchObject({
      code: 77,
      err: expect.stringContaining("chmod 600"),
    });
    chmodSync(file, 0o600);
    writeFileSync(file, "{");
    expect((await home.run(["gateways", "add", "y", far.url])).code).toBe(1);
    expect(readFileSync(file, "utf8")).toBe("{");
  });

  test("a file of them that is broken is warned of once, and the own gateway is asked all the same", async () => {
    const file = join(home.stateDir, "gateways.json");
    const env = { MOLTBOT_GATEWAY_PORT: String(far.port) };
    mkdirSync(home.stateDir, { mode: 0o700 });
    writeFileSync(file, "{", { mode: 0o600 });
    writeFileSync(join(home.stateDir, "moltbot.json"), `{ gateway: { port: ${far.port} } }`, { mode: 0o600 });
    const { code, err } = await call();
    expect([code, err.split("warning: ").length]).toEqual([0, 2]);
    expect(err).toContain(`${file} cannot be read`);
    expect(err).toContain("moltbot gateways add");
    // Who says which gateway is meant needs no file for it, but for a name that only stands there.
    for (const more of [
      ["--gateway", "local"],
      ["--url", far.url],
    ]) {
      expect(await call(...more)).toMatchObject({ code: 0, err: "" });
    }
    expect(await home.run(["call", "health"], { env })).toMatchObject({ code: 0, err: "" });
    expect(await call("--gateway", "far")).toMatchObject({ code: 1, err: expect.stringContaining(file) });
    // One that says clearly which gateway is in use, but is open to others, keeps commands from going elsewhere.
    writeFileSync(file, JSON.stringify({ used: "x", gateways: { x: { url: farther.url } } }));
    chmodSync(file, 0o644);
    expect(await call()).toMatchObject({ code: 77, err: expect.stringContaining("chmod 600") });
    writeFileSync(file, JSON.stringify({ used: null, gateways: {} }));
    expect(await call()).toMatchObject({ code: 0, err: "" });
  });
});
