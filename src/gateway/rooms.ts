import type { Database } from "bun:sqlite";
import { hostname, platform } from "node:os";
import { join } from "node:path";
import type { Params, Result } from "#protocol";
import type { Problem } from "#protocol/domains/health.ts";
import { createBeat } from "#src/agents/beat.ts";
import { createCatalog } from "#src/agents/catalog.ts";
import { createAgentDirectory } from "#src/agents/directory.ts";
import type { Place } from "#src/agents/discovery.ts";
import { createRunner } from "#src/agents/runner.ts";
import type { Environment } from "#src/config/environment.ts";
import { createLiveConfig } from "#src/config/live.ts";
import type { LoadedConfig } from "#src/config/load.ts";
import type { Locations } from "#src/config/paths.ts";
import { configSnapshot } from "#src/config/snapshot.ts";
import { createPairing } from "#src/devices/pairing.ts";
import { createDeviceStore } from "#src/devices/store.ts";
import { createDeviceTokens } from "#src/devices/token.ts";
import type { ClockWatch } from "#src/health/clock-watch.ts";
import type { Counters } from "#src/health/counters.ts";
import { crashLoop } from "#src/health/crash-brake.ts";
import { createHealth } from "#src/health/health.ts";
import { watchLoopDelay } from "#src/health/loop-delay.ts";
import { problemOf } from "#src/health/problem.ts";
import { createStatus } from "#src/health/status.ts";
import { createInbox } from "#src/inbox/inbox.ts";
import { createTurnStore } from "#src/inbox/turns.ts";
import { createEventBus } from "#src/lib/bus.ts";
import type { RootLog } from "#src/lib/log.ts";
import type { Sentence } from "#src/lib/sentence.ts";
import { tailLog } from "#src/lib/tail.ts";
import type { Topic } from "#src/lib/topics.ts";
import { agentsHandlers } from "#src/methods/agents.ts";
import { approvalsHandlers } from "#src/methods/approvals.ts";
import { backupHandlers } from "#src/methods/backup.ts";
import { chatHandlers } from "#src/methods/chat.ts";
import { commandsHandlers } from "#src/methods/commands.ts";
import { configHandlers } from "#src/methods/config.ts";
import { devicesHandlers } from "#src/methods/devices.ts";
import type { Handlers } from "#src/methods/handler.ts";
import { healthHandlers } from "#src/methods/health.ts";
import { heartbeatHandlers } from "#src/methods/heartbeat.ts";
import { modelsHandlers } from "#src/methods/models.ts";
import { type MakePageLink, pageHandlers } from "#src/methods/page.ts";
import { presenceHandlers } from "#src/methods/presence.ts";
import { listSessions, sessionsHandlers } from "#src/methods/sessions.ts";
import { subscriptionsHandlers } from "#src/methods/subscriptions.ts";
import { type Restart, systemHandlers } from "#src/methods/system.ts";
import { usageHandlers } from "#src/methods/usage.ts";
import { createWriteLimit } from "#src/methods/write-limit.ts";
import { createPresence } from "#src/presence/presence.ts";
import { type KeyDefaults, mainKeyOf } from "#src/sessions/key.ts";
import { createSessionNews } from "#src/sessions/news.ts";
import { createSessionStore, type SessionStore } from "#src/sessions/store.ts";
import { createIdempotencyLedger } from "#src/store/idempotency.ts";
import type { Transactor } from "#src/store/transactor.ts";
import { answering } from "./answering.ts";
import { openModelRooms } from "./model-rooms.ts";
import { openPlatformRooms, type PlatformParts } from "./platform-rooms.ts";

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
  /** Throws a `ConfigError` for a config that this gateway could not start with. */
  judgeConfig: (loaded: LoadedConfig) => void;
  /** How many clients are connected. */
  connections: () => number;
  /** The port on which the gateway listens. */
  ownPort: () => number;
  modelPlaces: readonly Place[] | undefined;
  platforms: PlatformParts | undefined;
  contained: (error: unknown) => void;
  /** Whether anybody asked to hear of it. */
  isHeard: (topic: Topic) => boolean;
  makePageLink: MakePageLink;
  restart: Restart;
  /** What is wrong with the certificate; null where nothing is. */
  tlsProblem: () => Sentence | null;
  /** SHA-256 of the certificate; null without TLS. */
  tlsFingerprint: () => string | null;
  /** From which the tokens of devices are derived. */
  tokenKey: string;
  /** The page's address as another computer would reach it; null where no page is served. */
  pageUrl: () => string | null;
  /** Where the gateway is published in its tailnet; null where it is not. */
  tailnetUrl: () => string | null;
  /** What keeps the door from judging as it should. */
  doorProblems: () => Problem[];
  /** Why nothing can be saved, or what is lost; null where all is well. */
  storageProblem: () => Sentence | null;
  /** After repeated crashes: no channels and no runs, so that what crashes stays off. */
  braked: boolean;
  /** Tells when the machine slept or the clock was set, for whatever has to look again then. */
  clock: ClockWatch;
  closing: AsyncDisposableStack;
}

/** Who answers, and where people reach it. */
export interface Reachable {
  model: string | null;
  /** The variable of the gateway's environment that the key of that model is from. */
  keyVariable: string | null;
  /** The messaging platforms with an account, as people call them. */
  chats: string[];
  /** The ids of those that there are. */
  channels: string[];
}

/** The rooms behind the wire: what they keep, and the handlers through which clients reach them. */
export type Rooms = ReturnType<typeof openRooms>;

export function openRooms(options: RoomsOptions) {
  const { loaded, paths, log, version, now, uptimeMs, db, transactor, counters, closing } = options;
  const settings = loaded.config.gateway;
  const databasePath = join(paths.stateDir, "moltbot.db");

  const bus = createEventBus();
  const live = createLiveConfig({
    loaded,
    paths,
    env: options.env,
    log,
    judge: options.judgeConfig,
    noticed: () => health.tell(),
  });
  closing.defer(() => live.close());
  const config = () => live.current().config;
  live.listen(["logging"], () => log.setLevels(config().logging));
  let directory = createAgentDirectory(config());
  live.listen(["agents", "ui"], () => {
    directory = createAgentDirectory(config());
  });
  let catalog = createCatalog(config(), live.current().env);
  live.listen(["models", "agents", "env"], () => {
    catalog = createCatalog(config(), live.current().env);
  });
  const keys: KeyDefaults = {
    get defaultAgentId() {
      return directory.defaultId;
    },
    mainKey: "main",
    scope: loaded.config.session.scope,
  };
  const tellOfSession = createSessionNews({ bus, sessions: () => sessions, now, isHeard: options.isHeard });
  const sessions: SessionStore = createSessionStore(db, now, keys, (deed) =>
    transactor.afterCommit(() => tellOfSession(deed)),
  );
  const ledger = createIdempotencyLedger(db, transactor, now);
  const models = openModelRooms({
    db,
    transactor,
    live,
    catalog: () => catalog,
    stateDir: paths.stateDir,
    env: options.env,
    ownPort: options.ownPort,
    places: options.modelPlaces,
    log,
    now,
    changed: () => changed(),
  });
  const primaryModel = () => {
    const ref = catalog.primary();
    return ref === null ? null : catalog.resolve(ref);
  };
  const contextTokens = () => config().agents.defaults.contextTokens ?? primaryModel()?.contextWindow ?? null;
  const pairing = createPairing({
    store: createDeviceStore(db, now),
    tokens: createDeviceTokens(options.tokenKey),
    transactor,
    bus,
    now,
    log: log.child("devices"),
  });

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
    spend: models.spend,
    queues: () => queues(),
    channels: () => platforms.health(),
    problems: () => [
      ...live.problems().flatMap((said) => problemOf("config", said)),
      ...catalog.problems.flatMap((said) => problemOf("models", said)),
      ...platforms.problems(),
      ...options.doorProblems(),
      ...problemOf("tls", options.tlsProblem()),
      ...problemOf("storage", options.storageProblem()),
      ...problemOf("crash-loop", options.braked ? crashLoop : null),
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
  const queues = () => ({ turns: inbox.depths(), commitsWaiting: transactor.waiting, ...platforms.depths() });

  const beat = createBeat();
  closing.defer(() => beat.close());
  const agentsLog = log.child("agents");
  const runner = createRunner({ bus, beat, now, log: agentsLog, onEffect: (runId) => inbox.effect(runId) });
  const platforms = openPlatformRooms({
    ...options.platforms,
    db,
    transactor,
    sessions,
    bus,
    config,
    live,
    secrets: models.secrets,
    patchConfig: async (patch) => void (await models.patchConfig(patch)),
    directory: () => directory,
    keys,
    inbox: {
      enter: (arrival) => inbox.enter(arrival),
      amend: (runId, change) => inbox.amend(runId, change),
      hasLive: (key) => inbox.hasLive(key),
      waiting: (key) => inbox.waiting(key),
      abort: (key, runId, reason) => inbox.abort(key, runId, reason),
      steer: (spot) => inbox.steer(spot),
    },
    stateDir: paths.stateDir,
    log,
    now,
    changed,
    moved: () => health.tell(),
    contained: options.contained,
  });
  const inbox = createInbox({
    transactor,
    turns: createTurnStore(db, now),
    sessions,
    runner,
    bus,
    now,
    log: log.child("inbox"),
    after: (ms, then) => void setTimeout(then, ms).unref(),
    maxConcurrent: () => config().agents.defaults.maxConcurrent,
    ...answering({
      ...models,
      db,
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
      decideSender: platforms.decideSender,
      changed,
    }),
    changed,
    refusing: () => (options.braked ? crashLoop : null),
    hooks: platforms.hooks,
  });
  const status = createStatus({
    agents: () => directory.all(),
    recent: sessions.recentRows,
    count: (agentId) => sessions.glance(agentId, databasePath).count,
    path: databasePath,
    model: () => catalog.primary(),
    contextTokens,
    spend: models.spend,
    channelLines: platforms.lines,
    tailnetUrl: options.tailnetUrl,
    now,
  });

  const talk = { inbox, sessions, transactor, keys, agents: () => directory };
  const thinkingDefault = () => config().agents.defaults.thinkingDefault ?? "off";
  const listing = {
    sessions,
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
  };
  const handlers: Handlers = {
    ...healthHandlers(health, status),
    ...pageHandlers(options.makePageLink),
    ...presenceHandlers(presence),
    ...systemHandlers({ tail: (params) => tail(log.file, params) }, options.restart),
    ...backupHandlers(async () => {
      const { backupPath, createBackup } = await import("#src/backup/create.ts");
      const { stateDir } = paths;
      const { includes } = live.current();
      const path = backupPath(stateDir, now());
      return createBackup({ path, stateDir, configPath: live.path(), includes, version, now });
    }),
    ...configHandlers({
      live,
      snapshot: () => configSnapshot(live.path(), options.env),
      limit: createWriteLimit({ most: 30, windowMs: 60_000, now }),
      log: log.child("config"),
      version,
      now,
    }),
    ...agentsHandlers({ ...talk, catalog: () => catalog }),
    ...modelsHandlers({
      ...models,
      catalog: () => catalog,
      answersChanged: () => void health.probe(),
      log: agentsLog,
    }),
    ...platforms.handlers,
    ...usageHandlers({ ...models, keys, now }),
    ...chatHandlers({ ...talk, runner, bus, now, thinkingDefault, changed }),
    ...subscriptionsHandlers({ keys, list: (params) => listSessions(listing, params) }),
    ...commandsHandlers(),
    ...approvalsHandlers(),
    ...heartbeatHandlers(),
    ...devicesHandlers({ pairing, pageUrl: options.pageUrl, tlsFingerprint: options.tlsFingerprint }),
    ...sessionsHandlers({
      ...listing,
      ...talk,
      models: () => catalog,
      stopRuns: (key) => inbox.abort(key, null, "reset"),
      changed,
    }),
  };

  return {
    resolveModel: (ref: string) => catalog.resolve(ref),
    bus,
    presence,
    health,
    inbox,
    ledger,
    platforms,
    loopDelay,
    queues,
    handlers,
    pairing,
    model: () => catalog.primary(),
    reachable(): Reachable {
      const provider = primaryModel()?.provider;
      const found = catalog.provenance.find((each) => each.provider === provider);
      const keyVariable = found?.source === "environment" ? found.keyFrom : null;
      const { channelOrder, channelLabels } = platforms.health();
      const chats = channelOrder.map((id) => channelLabels[id] ?? id);
      return { model: catalog.primary(), keyVariable, chats, channels: platforms.listed };
    },
    isEmpty: () => directory.all().every(({ id }) => sessions.glance(id, databasePath).count === 0),
    live,
    sessionDefaults: () => ({
      defaultAgentId: keys.defaultAgentId,
      mainKey: keys.mainKey,
      mainSessionKey: mainKeyOf(keys.defaultAgentId, keys),
      scope: keys.scope,
    }),
  };
}

function tail(file: string | undefined, params: Params<"logs.tail">): Result<"logs.tail"> | null {
  return file === undefined ? null : tailLog({ file, ...params });
}
