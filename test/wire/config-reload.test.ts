import { describe, expect, test } from "bun:test";
import { mkdirSync, readFileSync, symlinkSync, unlinkSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { startModelEndpoint } from "../fakes/model-endpoint.ts";
import { type ConfigHouse, eventually, startConfigHouse } from "./config-file.ts";
import { chatOf, textOfEvent } from "./model-house.ts";

const quick = { reload: { debounceMs: 10 } };

function config(more: Record<string, unknown> = {}): string {
  const { gateway, ...rest } = more;
  return `${JSON.stringify({ gateway: { ...quick, ...(gateway as object) }, ...rest }, null, 2)}\n`;
}

function named(name: string): string {
  return config({ agents: { list: [{ id: "main", name }] } });
}

async function agentName({ client }: ConfigHouse): Promise<string | undefined> {
  return (await client.call("agents.list")).agents[0]?.name;
}

async function problems({ client }: ConfigHouse): Promise<string[]> {
  return (await client.call("health", { probe: true })).problems.map(({ message }) => message);
}

describe("a changed file", () => {
  test("counts within a second, whichever way it is written, and nobody is disconnected", async () => {
    await using world = await startConfigHouse(named("one"));
    let dropped = false;
    void world.client.closed.then(() => {
      dropped = true;
    });
    for (const [name, write] of [
      ["two", world.replace],
      ["three", world.replace],
      ["four", (text: string) => writeFileSync(world.file, text)],
      ["five", world.replace],
    ] as const) {
      const started = performance.now();
      write(named(name));
      await eventually(
        () => agentName(world),
        (each) => each === name,
      );
      expect(performance.now() - started).toBeLessThan(1_000);
    }
    expect(dropped).toBe(false);
    expect(world.log().filter((line) => line.includes("config reloaded"))).toHaveLength(4);
    expect(readFileSync(`${world.file}.last-good`, "utf8")).toBe(named("five"));
  });

  test("with the same bytes is nothing, a hundred times", async () => {
    await using world = await startConfigHouse(named("one"));
    for (let count = 0; count < 50; count++) {
      utimesSync(world.file, count, count);
      world.replace(named("one"));
    }
    // A change that follows shows that the others have been heard.
    world.replace(named("two"));
    await eventually(
      () => agentName(world),
      (name) => name === "two",
    );
    expect(world.log().map((line) => JSON.parse(line)["1"])).toEqual(["config reloaded applied=agents"]);
    expect(world.house.gateway.reload()).toEqual({
      changed: false,
      applied: [],
      needsRestart: [],
      rejected: [],
    });
  });

  test("that the gateway wrote itself is not read again", async () => {
    await using world = await startConfigHouse(named("one"));
    const { hash } = await world.client.call("config.get");
    await world.client.call("config.set", { raw: named("two"), baseHash: hash });
    world.replace(named("three"));
    await eventually(
      () => agentName(world),
      (name) => name === "three",
    );
    const said = world.log().map((line) => JSON.parse(line)["1"] as string);
    expect(said.map((line) => line.split(" ").slice(0, 2).join(" "))).toEqual([
      "config reloaded",
      "config written",
      "config reloaded",
    ]);
  });

  test("with a misspelt key is a warning with the word that was meant, and the rest applies", async () => {
    await using world = await startConfigHouse(named("one"));
    world.replace(config({ agents: { list: [{ id: "main", name: "two" }] }, mesages: {} }));
    await eventually(
      () => agentName(world),
      (name) => name === "two",
    );
    const warned = world.log().filter((line) => line.includes("WARN"));
    expect(warned).toHaveLength(1);
    expect(warned[0]).toContain("mesages is not a known key; did you mean messages? (moltbot.json:15:3)");
    expect(await problems(world)).toEqual([]);
    world.replace(config({ agents: { list: [{ id: "main", name: "three" }] }, mesages: {} }));
    await eventually(
      () => agentName(world),
      (name) => name === "three",
    );
    expect(world.log().filter((line) => line.includes("WARN"))).toHaveLength(1);
  });

  test("with a section that is wrong keeps what that section was, and takes the others", async () => {
    await using world = await startConfigHouse(named("one"));
    world.replace(config({ agents: { list: "none" }, ui: { assistant: { name: "Molty" } } }));
    const found = await eventually(
      () => problems(world),
      (each) => each.length > 0,
    );
    expect(found).toEqual(['agents.list must be a list, not "none" (moltbot.json:8:13)']);
    const { agents } = await world.client.call("agents.list");
    expect(agents).toEqual([{ id: "main", name: "one", identity: { name: "Molty" } }]);
    const line = world.log().find((each) => each.includes("config reloaded"));
    expect(JSON.parse(line ?? "{}").fields).toEqual({ applied: "ui", rejected: "agents" });
    expect(readFileSync(`${world.file}.last-good`, "utf8")).toBe(named("one"));
    world.replace(named("two"));
    await eventually(
      () => problems(world),
      (each) => each.length === 0,
    );
    expect(await agentName(world)).toBe("two");
  });

  test("that is wrong is told of at once to whoever watches, and so is its mending", async () => {
    await using world = await startConfigHouse(named("one"));
    const told = async (count: number) => {
      for await (const { problems } of world.client.events("health")) {
        if (problems.length === count) return problems;
      }
      throw new Error("the connection ended");
    };
    const wrong = told(1);
    world.replace("{ gateway: { auth: ");
    expect(await wrong).toMatchObject([
      { id: "config", message: expect.stringContaining("stays what it was") },
    ]);
    const mended = told(0);
    world.replace(named("two"));
    expect(await mended).toEqual([]);
  });

  test("that is no JSON5, opens a door or is gone keeps everything, and health says so until it is mended", async () => {
    await using world = await startConfigHouse(named("one"));
    const open = config({ gateway: { bind: "lan" }, agents: { list: [{ id: "main", name: "two" }] } });
    for (const [text, complaint] of [
      ["{ agents: }", "moltbot.json:1:11"],
      ["", "moltbot.json is empty"],
      [config({ gateway: { port: "many" } }), "gateway.port must be a whole number from 1 to 65535"],
      [open, "without a secret would let anyone in"],
      [null, "moltbot.json is gone"],
    ] as const) {
      if (text === null) unlinkSync(world.file);
      else world.replace(text);
      const [found] = await eventually(
        () => problems(world),
        (each) => each.some((problem) => problem.includes(complaint)),
      );
      expect(found).toStartWith("the config stays what it was: ");
      expect(await agentName(world)).toBe("one");
    }
    expect(world.log().filter((line) => line.includes("config rejected"))).toHaveLength(5);
    world.replace(named("one"));
    await eventually(
      () => problems(world),
      (each) => each.length === 0,
    );
    const last = JSON.parse(world.log().at(-1) ?? "{}")["1"];
    expect(last).toBe("the config is right again, and nothing changes by it");
  });

  test("of which something waits for a restart says what", async () => {
    await using world = await startConfigHouse(named("one"));
    world.replace(config({ gateway: { pingIntervalMs: 9_000 }, session: { scope: "global" } }));
    const [found] = await eventually(
      () => problems(world),
      (each) => each.length > 0,
    );
    expect(found).toBe("restart the gateway for what changed: gateway.pingIntervalMs, session.scope");
    expect((await world.client.call("agents.list")).scope).toBe("per-sender");
    world.replace(named("one"));
    await eventually(
      () => problems(world),
      (each) => each.length === 0,
    );
  });

  test("counts where it is a link, and where it includes another file", async () => {
    await using world = await startConfigHouse(named("one"));
    const folder = join(world.house.stateDir, "parts");
    mkdirSync(folder);
    writeFileSync(join(folder, "agents.json"), '{ list: [{ id: "main", name: "two" }] }');
    world.replace(config({ agents: { $include: "parts/agents.json" } }));
    await eventually(
      () => agentName(world),
      (name) => name === "two",
    );
    writeFileSync(join(folder, "agents.json"), '{ list: [{ id: "main", name: "three" }] }');
    await eventually(
      () => agentName(world),
      (name) => name === "three",
    );
    const real = join(folder, "real.json");
    writeFileSync(real, named("four"));
    unlinkSync(world.file);
    symlinkSync(real, world.file);
    await eventually(
      () => agentName(world),
      (name) => name === "four",
    );
    writeFileSync(real, named("five"));
    await eventually(
      () => agentName(world),
      (name) => name === "five",
    );
    const { hash } = await world.client.call("config.get");
    await world.client.call("config.set", { raw: named("six"), baseHash: hash });
    expect(readFileSync(real, "utf8")).toBe(named("six"));
  });

  test("sets the log's level", async () => {
    await using world = await startConfigHouse(config({ logging: { level: "info" } }));
    world.replace(config({ logging: { level: "error" } }));
    await eventually(
      () => world.log().length,
      (lines) => lines === 1,
    );
    world.replace(config({ logging: { level: "error" }, colour: "red" }));
    await eventually(
      async () => (await world.client.call("config.get")).warnings.length,
      (warnings) => warnings === 1,
    );
    world.house.gateway.reload();
    expect(world.log()).toHaveLength(1);
  });
});

describe("gateway.reload.mode", () => {
  test("off leaves the file alone until somebody asks; a write over the wire is asking", async () => {
    const off = (name: string) =>
      config({ gateway: { reload: { mode: "off" } }, agents: { list: [{ id: "main", name }] } });
    await using world = await startConfigHouse(off("one"));
    world.replace(off("two"));
    const { hash } = await world.client.call("config.get");
    expect(await agentName(world)).toBe("one");
    expect(world.house.gateway.reload()).toMatchObject({ changed: true, applied: ["agents"] });
    expect(await agentName(world)).toBe("two");
    await world.client.call("config.set", { raw: off("three"), baseHash: hash });
    expect(await agentName(world)).toBe("three");
  });

  test("restart lets every change wait", async () => {
    const late = (name: string) =>
      config({ gateway: { reload: { mode: "restart" } }, agents: { list: [{ id: "main", name }] } });
    await using world = await startConfigHouse(late("one"));
    world.replace(late("two"));
    expect(world.house.gateway.reload()).toMatchObject({ applied: [], needsRestart: ["agents"] });
    expect(await agentName(world)).toBe("one");
    world.replace(named("two"));
    expect(world.house.gateway.reload()).toMatchObject({ applied: ["gateway", "agents"], needsRestart: [] });
    expect(await agentName(world)).toBe("two");
  });
});

test("chat completions over HTTP are switched on and off at once; what else is of HTTP waits", async () => {
  const http = (endpoints: object) => config({ gateway: { http: { endpoints } } });
  await using world = await startConfigHouse(config());
  const status = async () => (await fetch(`${world.house.url}v1/models`)).status;
  expect(await status()).toBe(404);
  world.replace(http({ chatCompletions: { enabled: true }, metrics: { enabled: true } }));
  expect(world.house.gateway.reload()).toMatchObject({
    applied: ["gateway"],
    needsRestart: ["gateway.http.endpoints.metrics"],
  });
  expect(await status()).toBe(200);
  const responses = await fetch(`${world.house.url}v1/responses`, { method: "POST", body: "{}" });
  expect(responses.status).toBe(404);
  world.replace(config());
  expect(world.house.gateway.reload()).toMatchObject({ applied: ["gateway"], needsRestart: [] });
  expect(await status()).toBe(404);
  await world.client.call("health");
});

test("a run in progress ends with the model that it began with; the next one has the new model", async () => {
  await using old = await startModelEndpoint({ mode: "paced", reply: () => "from the old one" });
  await using fresh = await startModelEndpoint({ reply: () => "from the new one" });
  const withModel = (baseUrl: string) =>
    config({
      models: {
        providers: { fake: { baseUrl, apiKey: "k", api: "openai-completions", models: [{ id: "m" }] } },
      },
      agents: { defaults: { model: "fake/m" } },
    });
  await using world = await startConfigHouse(withModel(old.baseUrl));
  const { client } = world;
  const first = chatOf(client, "a");
  await client.call("chat.send", { sessionKey: "main", message: "one", idempotencyKey: "a" });
  await old.waitForRequest();
  world.replace(withModel(fresh.baseUrl));
  await eventually(
    () => world.log().length,
    (lines) => lines > 0,
  );
  old.release();
  expect(textOfEvent((await first).at(-1))).toBe("from the old one");
  const second = chatOf(client, "b");
  await client.call("chat.send", { sessionKey: "main", message: "two", idempotencyKey: "b" });
  expect(textOfEvent((await second).at(-1))).toBe("from the new one");
  expect(old.requests).toHaveLength(1);
});

test("a model that is added to a gateway without one answers the next message", async () => {
  await using model = await startModelEndpoint({ reply: () => "here I am" });
  await using world = await startConfigHouse("{}\n");
  const { client } = world;
  expect((await client.call("health", { probe: true })).model).toBe("none");
  const { hash } = await client.call("config.get");
  const provider = { baseUrl: model.baseUrl, apiKey: "k", api: "openai-completions", models: [{ id: "m" }] };
  await client.call("config.patch", {
    raw: JSON.stringify({ models: { providers: { fake: provider } } }),
    baseHash: hash,
  });
  const answer = chatOf(client, "a");
  await client.call("chat.send", { sessionKey: "main", message: "hello", idempotencyKey: "a" });
  expect(textOfEvent((await answer).at(-1))).toBe("here I am");
});
