import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ClientInfo } from "#protocol/domains/connect.ts";
import type { Place } from "#src/agents/discovery.ts";
import type { Receive } from "#src/channels/host.ts";
import type { ListedChannel } from "#src/channels/index.ts";
import { type ConnectOptions, connectGateway, type GatewayClient } from "#src/client/client.ts";
import { type GatewayFlags, resolveGateway } from "#src/config/gateway.ts";
import { loadConfig } from "#src/config/load.ts";
import { locate } from "#src/config/paths.ts";
import { type Gateway, openGateway } from "#src/gateway/house.ts";
import { createLog, type RootLog } from "#src/lib/log.ts";
import type { SendingAccounts } from "#src/outbox/accounts.ts";

export interface HouseOptions {
  /** What stands in moltbot.json; no file where absent. */
  config?: Record<string, unknown>;
  env?: Record<string, string>;
  flags?: GatewayFlags;
  /** A state directory that outlives the house, for restarts; removed by who made it. */
  stateDir?: string;
  now?: () => number;
  checkResults?: boolean;
  /** Where model servers are looked for; needs `MOLTBOT_NO_DISCOVERY` to be empty. */
  modelPlaces?: readonly Place[];
  /** The channels that there are; every one of this build where absent. */
  channels?: readonly ListedChannel[];
  receive?: Receive;
  controlPlaneOnly?: boolean;
  /** Platforms on which messages can be sent. */
  accounts?: SendingAccounts;
  /** Whose programs may pass on what Tailscale knows; root's unless given. */
  tailscaleUid?: number;
}

export interface House extends AsyncDisposable {
  readonly gateway: Gateway;
  readonly port: number;
  /** `http://127.0.0.1:port/`, or `https:` with TLS */
  readonly url: string;
  readonly socketUrl: string;
  readonly stateDir: string;
  readonly log: RootLog;
  connect(options?: Partial<ConnectOptions>): Promise<GatewayClient>;
  stop(): Promise<void>;
}

export const testClient: ClientInfo = { id: "test", version: "1.0.0", platform: "linux", mode: "test" };

export const allScopes = ["operator.read", "operator.write", "operator.admin"];

/** A whole gateway on a port of its own, with an empty state directory and no surroundings. */
export async function startHouse(options: HouseOptions = {}): Promise<House> {
  const stateDir = options.stateDir ?? (await mkdtemp(join(tmpdir(), "moltbot-house-")));
  const env = {
    MOLTBOT_STATE_DIR: stateDir,
    MOLTBOT_NO_DISCOVERY: "1",
    MOLTBOT_NO_KEYCHAIN: "1",
    ...options.env,
  };
  if (options.config !== undefined) {
    await writeFile(join(stateDir, "moltbot.json"), JSON.stringify(options.config), { mode: 0o600 });
  }
  const paths = locate({ env, home: stateDir, platform: process.platform });
  const loaded = loadConfig({ path: paths.configPath, env });
  const resolved = { ...resolveGateway(loaded.config, loaded.env, options.flags ?? {}), port: 0 };
  const log = createLog({ file: paths.logFile, level: "debug", stdout: "off", now: Date.now });
  const gateway = await openGateway({
    loaded,
    resolved,
    paths,
    log,
    version: "0.0.0-test",
    env,
    ...(options.flags === undefined ? {} : { flags: options.flags }),
    checkResults: options.checkResults ?? true,
    ...(options.now === undefined ? {} : { now: options.now }),
    ...(options.modelPlaces === undefined ? {} : { modelPlaces: options.modelPlaces }),
    ...(options.controlPlaneOnly === undefined ? {} : { controlPlaneOnly: options.controlPlaneOnly }),
    platforms: { channels: options.channels, receive: options.receive, accounts: options.accounts },
    ...(options.tailscaleUid === undefined ? {} : { tailscaleUid: options.tailscaleUid }),
  });
  const pin = gateway.facts.tlsFingerprint;
  const authority = `${pin === null ? "" : "s"}://127.0.0.1:${gateway.port}/`;
  const socketUrl = `ws${authority}`;

  async function stop(): Promise<void> {
    await gateway.stop("test over");
    log.close();
  }

  return {
    gateway,
    port: gateway.port,
    url: `http${authority}`,
    socketUrl,
    stateDir,
    log,
    connect: (more = {}) =>
      connectGateway({
        url: socketUrl,
        client: testClient,
        scopes: allScopes,
        ...(pin === null ? {} : { tlsFingerprint: pin }),
        ...more,
      }),
    stop,
    async [Symbol.asyncDispose]() {
      await stop();
      if (options.stateDir === undefined) await rm(stateDir, { recursive: true, force: true });
    },
  };
}
