import type { Database } from "bun:sqlite";
import { hostname, platform } from "node:os";
import { join } from "node:path";
import type { Params, Result } from "#protocol";
import { createBeat } from "#src/agents/beat.ts";
import { createCatalog } from "#src/agents/catalog.ts";
import { createAgentDirectory } from "#src/agents/directory.ts";
import { createRunner } from "#src/agents/runner.ts";
import type { Environment } from "#src/config/environment.ts";
import type { LoadedConfig } from "#src/config/load.ts";
import type { Locations } from "#src/config/paths.ts";
import { configSnapshot } from "#src/config/snapshot.ts";
import type { Counters } from "#src/health/counters.ts";
import { createHealth } from "#src/health/health.ts";
import { watchLoopDelay } from "#src/health/loop-delay.ts";
import { createStatus } from "#src/health/status.ts";
import { createInbox } from "#src/inbox/inbox.ts";
import { createTurnStore } from "#src/inbox/turns.ts";
import { createEventBus } from "#src/lib/bus.ts";
import type { RootLog } from "#src/lib/log.ts";
import { tailLog } from "#src/lib/tail.ts";
import { agentsHandlers } from "#src/methods/agents.ts";
import { chatHandlers } from "#src/methods/chat.ts";
import { configHandlers } from "#src/methods/config.ts";
import type { Handlers } from "#src/methods/handler.ts";
import { healthHandlers } from "#src/methods/health.ts";
import { presenceHandlers } from "#src/methods/presence.ts";
import { sessionsHandlers } from "#src/methods/sessions.ts";
import { systemHandlers } from "#src/methods/system.ts";
import { createPresence } from "#src/presence/presence.ts";
import { type KeyDefaults, mainKeyOf } from "#src/sessions/key.ts";
import { createSessionStore } from "#src/sessions/store.ts";
import { createIdempotencyLedger } from "#src/store/idempotency.ts";
import type { Transactor } from "#src/store/transactor.ts";
import { answering } from "./answering.ts";

export interface RoomsOptions {
  loaded: LoadedConfig;
  paths: Locations;
  log: RootLog;
  version: string;
  now: () => number;
  uptimeMs: () => number;
  db: Database;
  transactor: Transactor;
  counters: Counters;
  /** The process's own environment: the file may have changed since the start. */
  env: Environment;
  /** How many clients are connected. */
  connections: () => number;
  closing: AsyncDisposableStack;
}

/** The rooms behind the wire: what they keep, and the handlers through which clients reach them. */
export type Rooms = ReturnType<typeof openRooms>;

export function openRooms(options: RoomsOptions) {
  const { loaded, paths, log, version, now, uptimeMs, db, transactor, counters, closing } = options;
  const { config } = loaded;
  const settings = config.gateway;
  const databasePath = join(paths.stateDir, "moltbot.db");

  const bus = createEventBus();
  const directory = createAgentDirectory(config);
  const catalog = createCatalog(config, loaded.env);
  const keys: KeyDefaults = {
    defaultAgentId: directory.defaultId,
    mainKey: "main",
    scope: config.session.scope,
  };
  const sessions = createSessionStore(db, now, keys);
  const ledger = createIdempotencyLedger(db, transactor, now);
  const primaryModel = () => {
    const ref = catalog.primary();
    return ref === null ? null : catalog.resolve(ref);
  };
  const contextTokens = () => config.agents.defaults.contextTokens ?? primaryModel()?.contextWindow ?? null;

  const loopDelay = watchLoopDelay();
  closing.defer(() => loopDelay.close());
  const presence = createPresence({
    bus,
    now,
    intervalMs: settings.presenceIntervalMs,
    self: { host: hostname(), version, platform: platform() },
  });
  closing.defer(() => presence.close());
  const health = createHealth({
    bus,
    now,
    uptimeMs,
    intervalMs: settings.healthIntervalMs,
    agents: () => directory.all(),
    sessions: (agentId) => sessions.glance(agentId, databasePath),
    model: () => catalog.primary(),
    problems: () => [
      ...loaded.issues.map(({ path, message }) => ({ id: "config", message: `${path}: ${message}` })),
      ...catalog.problems.map((message) => ({ id: "models", message })),
    ],
    connections: options.connections,
    process: () => ({
      loopDelayMaxMs: loopDelay.takeMax(),
      containedErrors: counters.containedErrors,
      sheds: counters.sheds,
    }),
  });
  closing.defer(() => health.close());
  const changed = () => health.touch();

  const beat = createBeat();
  closing.defer(() => beat.close());
  const agentsLog = log.child("agents");
  const runner = createRunner({ bus, beat, now, log: agentsLog, onEffect: (runId) => inbox.effect(runId) });
  const inbox = createInbox({
    transactor,
    turns: createTurnStore(db, now),
    sessions,
    runner,
    bus,
    now,
    log: log.child("inbox"),
    maxConcurrent: config.agents.defaults.maxConcurrent,
    ...answering({
      config,
      catalog: () => catalog,
      directory: () => directory,
      sessions,
      transactor,
      keys,
      now,
      log: agentsLog,
      version,
      uptimeMs,
      stopRuns: (key, reason) => inbox.abort(key, null, reason),
      changed,
    }),
    changed,
  });
  const status = createStatus({
    agents: () => directory.all(),
    recent: sessions.recentRows,
    count: (agentId) => sessions.glance(agentId, databasePath).count,
    path: databasePath,
    model: () => catalog.primary(),
    contextTokens,
    now,
  });

  const handlers: Handlers = {
    ...healthHandlers(health, status),
    ...presenceHandlers(presence),
    ...systemHandlers({ tail: (params) => tail(log.file, params) }),
    ...configHandlers(() => configSnapshot(paths.configPath, options.env)),
    ...agentsHandlers({ inbox, sessions, agents: () => directory, catalog: () => catalog, keys }),
    ...chatHandlers({ inbox, runner, sessions, transactor, bus, keys, now, changed }),
    ...sessionsHandlers({
      sessions,
      transactor,
      keys,
      now,
      path: databasePath,
      defaults: () => {
        const model = primaryModel();
        return {
          modelProvider: model?.provider ?? null,
          model: model?.model ?? null,
          contextTokens: contextTokens(),
        };
      },
      resolveModel: (ref) => catalog.resolve(ref),
      stopRuns: (key) => inbox.abort(key, null, "reset"),
      changed,
    }),
  };

  return {
    bus,
    presence,
    health,
    inbox,
    ledger,
    handlers,
    model: () => catalog.primary(),
    isEmpty: () => directory.all().every(({ id }) => sessions.glance(id, databasePath).count === 0),
    sessionDefaults: {
      defaultAgentId: keys.defaultAgentId,
      mainKey: keys.mainKey,
      mainSessionKey: mainKeyOf(keys.defaultAgentId, keys),
      scope: keys.scope,
    },
  };
}

function tail(file: string | undefined, params: Params<"logs.tail">): Result<"logs.tail"> | null {
  return file === undefined ? null : tailLog({ file, ...params });
}
