import { mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type EndpointOptions, type ModelEndpoint, startModelEndpoint } from "../fakes/model-endpoint.ts";
import { type FakeTelegram, startTelegram } from "../fakes/telegram.ts";
import { modelConfig } from "../wire/model-house.ts";
import { emptyHome, run, type Started, startExecutable } from "./executable.ts";

/** The compiled gateway with a model, and a Telegram that it can be told of. */
export interface TelegramHouse extends AsyncDisposable {
  home: string;
  telegram: FakeTelegram;
  model: ModelEndpoint;
  /** Starts the gateway; one at a time. */
  start(): Promise<Started>;
  /** Runs a command to its end. */
  moltbot(...args: string[]): Promise<{ code: number; stdout: string; stderr: string }>;
}

export interface TelegramHouseOptions {
  model?: EndpointOptions;
  /** Merged into the config beside the model. */
  config?: (telegram: FakeTelegram) => Record<string, unknown>;
}

export async function openTelegramHouse(options: TelegramHouseOptions = {}): Promise<TelegramHouse> {
  const home = await emptyHome();
  const telegram = await startTelegram();
  const model = await startModelEndpoint(options.model);
  const stateDir = join(home, ".local/state/moltbot");
  await mkdir(stateDir, { recursive: true, mode: 0o700 });
  const config = { ...modelConfig(model.baseUrl), ...options.config?.(telegram) };
  await writeFile(join(stateDir, "moltbot.json"), JSON.stringify(config), { mode: 0o600 });
  return {
    home,
    telegram,
    model,
    start: () => startExecutable({ home }),
    moltbot: (...args) => run(home, args),
    async [Symbol.asyncDispose]() {
      await telegram[Symbol.asyncDispose]();
      await model.close();
      await rm(home, { recursive: true, force: true });
    },
  };
}
