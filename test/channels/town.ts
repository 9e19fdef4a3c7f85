import { mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { emptyHome, type Started, startExecutable } from "../binary/executable.ts";
import { type ModelEndpoint, startModelEndpoint } from "../fakes/model-endpoint.ts";
import { modelConfig } from "../wire/model-house.ts";
import type { Person } from "./person.ts";

const secret = "the-secret-of-this-town-0123456789";

/** The executable with a model, and one person on each channel. */
export interface Town extends AsyncDisposable {
  model: ModelEndpoint;
  /** Starts the gateway; one at a time. */
  start(): Promise<void>;
  /** Ends it, by default as a computer does that is switched off. */
  end(signal?: NodeJS.Signals): Promise<void>;
  /** The outbox's rows. */
  outbox(): Promise<{ state: string; preview: string }[]>;
}

export async function openTown(people: readonly Person[]): Promise<Town> {
  const home = await emptyHome();
  const model = await startModelEndpoint();
  const stateDir = join(home, ".local/state/moltbot");
  await mkdir(stateDir, { recursive: true, mode: 0o700 });
  const config = {
    ...modelConfig(model.baseUrl),
    gateway: {
      auth: { mode: "token", token: secret },
      crashBrake: "off",
      healthIntervalMs: 100,
      tickIntervalMs: 300,
    },
    session: { dmScope: "per-channel-peer" },
    messages: { queue: { mode: "followup" } },
    channels: Object.assign({}, ...people.map(({ channels }) => channels)),
  };
  await writeFile(join(stateDir, "moltbot.json"), JSON.stringify(config), { mode: 0o600 });
  let gateway: Started | null = null;

  async function end(signal: NodeJS.Signals = "SIGKILL"): Promise<void> {
    gateway?.signal(signal);
    await gateway?.exited;
    gateway = null;
  }

  return {
    model,
    async start() {
      gateway = await startExecutable({ home });
      for (const person of people) await person.gatewayIs(gateway, secret);
    },
    end,
    async outbox() {
      if (gateway === null) throw new Error("no gateway runs");
      await using client = await gateway.connect({ auth: { token: secret } });
      const { rows } = await client.call("outbox.list", {});
      return rows;
    },
    async [Symbol.asyncDispose]() {
      await end();
      for (const person of people) await person[Symbol.asyncDispose]();
      await model.close();
      await rm(home, { recursive: true, force: true });
    },
  };
}
