/** Secrets are planted wherever one can stand; then everything that the gateway says and writes is searched for them. */
import { expect, test } from "bun:test";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { methods } from "#protocol";
import { scopes as everyScope } from "#protocol/access.ts";
import { startModelEndpoint } from "../fakes/model-endpoint.ts";
import { answerTo, connectFrame, type Frame, openRaw } from "./raw-socket.ts";
import { startHouse } from "./start-house.ts";
import { ask, testDevice } from "./test-device.ts";

const planted = {
  gateway: "plant-gateway-0a1b2c3d4e5f",
  model: "plant-model-0a1b2c3d4e5f",
  header: "plant-header-0a1b2c3d4e5f",
  hook: "plant-hook-0a1b2c3d4e5f",
  telegram: "123456789:plant-telegram-0a1b2c3d4e5f",
  environment: "plant-environment-0a1b2c3d4e5f",
  wrong: "plant-wrong-0a1b2c3d4e5f",
};

test("a secret is in no answer, no event, no log and no file but the one that is its own", async () => {
  await using model = await startModelEndpoint();
  await using house = await startHouse({
    config: {
      gateway: { auth: { token: planted.gateway } },
      hooks: { token: planted.hook },
      env: { vars: { MODEL_TOKEN: planted.environment } },
      models: {
        providers: {
          fake: {
            baseUrl: `${model.url}/v1`,
            api: "openai-completions",
            apiKey: planted.model,
            headers: { "x-extra": planted.header },
            models: [{ id: "m" }],
          },
        },
      },
      agents: { defaults: { model: { primary: "fake/m" } } },
      channels: { telegram: { enabled: false, botToken: planted.telegram } },
    },
  });
  using admin = await testDevice().knock(house.socketUrl, {
    scopes: everyScope,
    auth: { token: planted.gateway },
  });
  expect(admin.answer).toMatchObject({ ok: true });
  using stranger = await openRaw(house.socketUrl);
  stranger.send(connectFrame({ auth: { token: planted.wrong } }));
  await stranger.next(answerTo("c1"));
  await fetch(`${house.url}anything`, { headers: { authorization: `Bearer ${planted.wrong}` } });
  await fetch(`${house.url}?token=${planted.gateway}`);

  const answers: Frame[] = [];
  for (const method of Object.keys(methods)) {
    // Ending the gateway is no answer.
    if (method === "system.restart") continue;
    answers.push(await ask(admin.socket, method));
  }
  answers.push(
    await ask(admin.socket, "config.set", { raw: `{ gateway: { auth: { token: "${planted.wrong}" } ` }),
  );
  answers.push(
    await ask(admin.socket, "agent", { message: "hello", idempotencyKey: "k1", sessionKey: "main" }),
  );
  await admin.socket.next((frame) => frame.event === "chat" && frame.payload.state === "final");

  const said = JSON.stringify([answers, admin.socket.frames, stranger.frames]);
  const token = String(admin.answer.payload.auth.deviceToken);
  const localKey = readFileSync(join(house.stateDir, "local.key"), "utf8").trim();
  for (const secret of [...Object.values(planted), localKey]) expect(said).not.toContain(secret);
  expect(said.split(token)).toHaveLength(2);

  const own = new Set([
    "moltbot.json",
    "moltbot.json.bak",
    "moltbot.json.last-good",
    "local.key",
    "token.key",
  ]);
  const files = readdirSync(house.stateDir, { recursive: true, encoding: "utf8" }).filter(
    (name) => !own.has(name) && !name.startsWith("secrets/") && statSync(join(house.stateDir, name)).isFile(),
  );
  expect(files.length).toBeGreaterThan(2);
  for (const name of files) {
    // A backup is the whole of it, for its owner alone.
    if (name.startsWith("backups/")) {
      expect(statSync(join(house.stateDir, name)).mode & 0o077).toBe(0);
      continue;
    }
    const bytes = readFileSync(join(house.stateDir, name), "latin1");
    for (const secret of [...Object.values(planted), localKey, token]) {
      if (bytes.includes(secret)) throw new Error(`${name} holds ${secret}`);
    }
  }
});
