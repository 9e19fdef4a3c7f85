import { hostname } from "node:os";
import { covers, type Scope } from "#protocol/access.ts";
import schemaFile from "#protocol/protocol.schema.json" with { type: "file" };
import type { Place } from "#src/agents/discovery.ts";
import type { Environment } from "#src/config/environment.ts";
import { type GatewayFlags, type ResolvedGateway, resolveGateway } from "#src/config/gateway.ts";
import type { ReloadReport } from "#src/config/live.ts";
import type { LoadedConfig } from "#src/config/load.ts";
import { ensureLocalKey, ensureTokenKey } from "#src/config/local-key.ts";
import type { Locations } from "#src/config/paths.ts";
import { secretsOf } from "#src/config/redact.ts";
import { warnOfOpenSecrets } from "#src/config/secrets.ts";
import { prepareStateDir } from "#src/config/state-dir.ts";
import { createCounters } from "#src/health/counters.ts";
import type { RootLog } from "#src/lib/log.ts";
import { AlreadyRunning } from "#src/lib/start-errors.ts";
import { closeDatabase, openDatabase } from "#src/store/database.ts";
import { acquireGatewayLock } from "#src/store/lock.ts";
import { portHolder } from "#src/store/port-holder.ts";
import { createPage } from "#src/webchat/serve.ts";
import { createAttendance } from "./attendance.ts";
import { secretOf } from "./auth.ts";
import { createConnection } from "./connection.ts";
import { followPairing, followSecret } from "./dismissals.ts";
import { createDispatch } from "./dispatch.ts";
import { createEntrance } from "./entrance.ts";
import { createFanOut } from "./fan-out.ts";
import { createHandshake } from "./handshake.ts";
import { createHttp } from "./http.ts";
import { keptAuth } from "./kept-auth.ts";
import { createOnce } from "./once.ts";
import { openProgramsDoor } from "./openai/door.ts";
import { createOutside } from "./outside.ts";
import { outwardName, pageAt } from "./page-address.ts";
import { createPageLinks } from "./page-links.ts";
import type { PlatformParts } from "./platform-rooms.ts";
import { openRooms, type Reachable } from "./rooms.ts";
import { serveTls } from "./serve-tls.ts";
import { listen } from "./server.ts";
import { isSupervised } from "./supervisor.ts";
import { openUpkeep } from "./upkeep.ts";
import { createWaitingRoom } from "./waiting-room.ts";
import { windDown } from "./wind-down.ts";

export interface GatewayOptions {
  loaded: LoadedConfig;
  resolved: ResolvedGateway;
  paths: Locations;
  log: RootLog;
  version: string;
  commit?: string;
  env: Environment;
  /** What the command line said; a changed config is judged with it. */
  flags?: GatewayFlags;
  now?: () => number;
  /** Whether a supervisor of ours starts it again when it ends with the code for it. */
  supervised?: boolean;
  /** Judges every answer by its contract, as tests do. */
  checkResults?: boolean;
  /** Where model servers are looked for when somebody asks; the usual ports where absent. */
  modelPlaces?: readonly Place[];
  /** What stands in the place of channels, accounts or the inbox. */
  platforms?: PlatformParts;
  /** Opens no account: clients are served and the config can be changed. */
  controlPlaneOnly?: boolean;
  /** A stop begins, whoever wants it; told whether it is to be started again. */
  stopping?: (isRestart: boolean) => void;
  /** Whose programs may pass on what Tailscale knows: root's unless given. */
  tailscaleUid?: number;
}

export interface Gateway {
  /** Where the page is. */
  readonly url: string;
  readonly port: number;
  readonly addresses: string[];
  readonly facts: Reachable & {
    firstStart: boolean;
    stateDir: string;
    /** SHA-256 of the certificate; null without TLS. */
    tlsFingerprint: string | null;
  };
  /** Counts an error that got as far as the process, and goes on. */
  contained(error: unknown): void;
  /** Reads the config file now and takes up what changed. */
  reload(): ReloadReport;
  stop(reason: string): Promise<void>;
  /** Resolves when the gateway has stopped. */
  readonly stopped: Promise<void>;
  /** Whether it stops to be started again. */
  readonly restarting: boolean;
}

/** How often what has had its day is forgotten. */
const pruneEveryMs = 3_600_000;
/** The largest body over HTTP, but for endpoints with a limit of their own. */
const maxBodyBytes = 1024 * 1024;
/** What clients are told to expect of a restart by the supervisor. */
const expectedRestartMs = 5_000;

/** Opens the rooms in order and lets clients in; `stop` closes them in reverse. */
export async function openGateway(options: GatewayOptions): Promise<Gateway> {
  const { loaded, paths, version, log, commit } = options;
  const settings = loaded.config.gateway;
  const now = options.now ?? Date.now;
  const bornAt = performance.now();
  const monotonicMs = () => performance.now();
  const uptimeMs = () => Math.round(performance.now() - bornAt);
  await using closing = new AsyncDisposableStack();

  prepareStateDir(paths.stateDir, (message) => log.warn(message));
  warnOfOpenSecrets(paths.stateDir, (message) => log.warn(message));
  const claim = acquireGatewayLock(paths.stateDir, { pid: process.pid, startedAt: now(), version });
  if ("heldBy" in claim) throw new AlreadyRunning(claim.heldBy);
  closing.defer(() => claim.lock.release());
  const localKey = ensureLocalKey(paths.stateDir);
  const tokenKey = ensureTokenKey(paths.stateDir);
  const known = (secret: string) => log.secrets.add(secret);
  const kept = { stateDir: paths.stateDir, env: loaded.env, known };
  const auth = await keptAuth(options.resolved.auth, kept);
  const resolved = { ...options.resolved, auth };
  const secret = secretOf({ ...auth, localKey });
  for (const each of [localKey, tokenKey, secret, ...(loaded.exists ? secretsOf(loaded.config) : [])])
    if (each !== null) log.secrets.add(each);
  const db = openDatabase(paths.stateDir, { warn: (message) => log.warn(message) });
  closing.defer(() => closeDatabase(db));
  const tls = resolved.tls === null ? null : await serveTls(resolved.tls, options, now);

  const tlsFingerprint = tls?.fingerprint ?? null;
  const outside = createOutside({ ...options, resolved, tlsFingerprint, monotonicMs });
  const counters = createCounters();
  const contained = (error: unknown) => {
    counters.contained(error);
    log.error("error contained", { error });
  };
  const upkeep = openUpkeep({
    db,
    stateDir: paths.stateDir,
    log,
    now,
    monotonicMs,
    version,
    crashBrake: settings.crashBrake,
    contained,
    closing,
  });
  const { transactor, brake } = upkeep;
  const pageLinks = createPageLinks(now);
  // By the loopback address, wherever else the gateway listens: a link is good on this computer only.
  const makePageLink = () => {
    if (!settings.controlUi.enabled) return null;
    const { secret, expiresAt } = pageLinks.create();
    return {
      url: `${pageAt("127.0.0.1", { scheme, port: listening.port, basePath })}#t=${secret}`,
      expiresAt,
    };
  };
  let restarting = false;
  const rooms = openRooms({
    loaded,
    paths,
    log,
    version,
    now,
    uptimeMs,
    db,
    transactor,
    counters,
    env: options.env,
    tlsFingerprint: () => tlsFingerprint,
    tokenKey,
    pageUrl: () =>
      page === null ? null : pageAt(outwardName(resolved.hosts), { scheme, port: listening.port, basePath }),
    tailnetUrl: outside.tailnetUrl,
    doorProblems: () => [...entrance.problems(), ...outside.problems()],
    judgeConfig: (next) => void resolveGateway(next.config, next.env, options.flags ?? {}),
    connections: () => fanOut.size,
    ownPort: () => listening.port,
    modelPlaces: options.modelPlaces,
    platforms: options.platforms,
    contained,
    isHeard: (topic) => fanOut.isHeard(topic),
    makePageLink,
    restart: () => {
      restarting = options.supervised === true || isSupervised(options.env, process.pid);
      // The answer leaves first.
      if (restarting) setImmediate(() => void stop("restart"));
      return restarting;
    },
    tlsProblem: () => tls?.problem() ?? null,
    storageProblem: upkeep.storageProblem,
    braked: brake.braked,
    clock: upkeep.clock,
    closing,
  });
  const { bus, presence, health, inbox, platforms, ledger, live, pairing } = rooms;
  const entrance = createEntrance({
    resolved,
    settings,
    localKey,
    pairing,
    pageLinks,
    isTls: tls !== null,
    now,
    monotonicMs,
    port: () => listening.port,
    tailscale: outside.tailscale,
    tailscaleUid: options.tailscaleUid,
    shed: counters.shed,
    contained,
  });
  const firstStart = !loaded.exists && rooms.isEmpty();

  const stateVersion = () => ({ presence: presence.version, health: health.version });
  const fanOut = createFanOut({ bus, stateVersion });
  const dispatch = createDispatch({
    handlers: rooms.handlers,
    once: createOnce({ ledger, isLive: inbox.isLive }),
    log: log.child("dispatch"),
    contained,
    ...(options.checkResults === undefined ? {} : { checkResults: options.checkResults }),
  });
  const places = JSON.stringify({ configPath: paths.configPath, stateDir: paths.stateDir }).slice(1, -1);
  const wireLog = log.child("gateway");
  const introduce = createHandshake({
    now,
    door: entrance.door,
    mode: () => entrance.rules.mode,
    policy: {
      maxPayload: settings.maxPayloadBytes,
      maxBufferedBytes: settings.maxBufferedBytes,
      tickIntervalMs: settings.tickIntervalMs,
    },
    server: {
      version,
      ...(options.commit === undefined ? {} : { commit: options.commit }),
      host: hostname(),
    },
    snapshot: (scopes: ReadonlySet<Scope>) =>
      `{"presence":${covers(scopes, "operator.read") ? presence.list().text : "[]"},` +
      `"health":${health.current().text},"stateVersion":${JSON.stringify(stateVersion())},` +
      `"uptimeMs":${uptimeMs()},"sessionDefaults":${JSON.stringify(rooms.sessionDefaults())}` +
      `${scopes.has("operator.admin") ? `,${places}` : ""}}`,
    welcome: (connection) => fanOut.tell(connection, "health", health.current().text),
    noted: ({ admitted, ...note }) => {
      if (!admitted) wireLog.warn("client refused", note);
      else if (note.how !== "none") wireLog.debug("client connected", note);
      else wireLog.info("client let in without a secret", note);
    },
  });
  const waitingRoom = createWaitingRoom({
    monotonicMs,
    handshakeTimeoutMs: settings.handshakeTimeoutMs,
    shed: counters.shed,
  });
  closing.defer(() => waitingRoom.close());
  const attendance = createAttendance(presence);
  const basePath = settings.controlUi.basePath ?? "";
  const page = settings.controlUi.enabled ? await createPage({ basePath }) : null;
  const { responses, metrics } = settings.http.endpoints;
  const measured = { version, commit, rooms, counters, upkeep, connections: () => fanOut.size };
  let stopping = false;
  const listening = listen({
    addresses: resolved.addresses,
    port: resolved.port,
    maxPayloadBytes: settings.maxPayloadBytes,
    trust: entrance.rules,
    tls,
    http: createHttp({
      page,
      schema: () => Bun.file(schemaFile as unknown as string),
      version,
      uptimeMs,
      failing: () => (stopping ? ["stopping"] : []),
      door: entrance.httpDoor,
      webhookAt: platforms.webhookAt,
      metrics: metrics?.enabled === true ? (await import("./metrics.ts")).openMetrics(measured) : null,
      programs: openProgramsDoor({
        dispatch,
        bus,
        door: entrance.httpDoor,
        findModel: (name) => rooms.resolveModel(name)?.ref ?? null,
        endpoints: () => live.current().config.gateway.http.endpoints,
        now,
      }),
    }),
    maxBodyBytes: Math.max(maxBodyBytes, responses?.enabled === true ? responses.maxBodyBytes : 0),
    connect: (facts) =>
      createConnection(facts, {
        now,
        log: wireLog,
        waitingRoom,
        fanOut,
        dispatch,
        introduce,
        ...attendance,
        contained,
        shed: counters.shed,
        maxEventBytes: settings.maxBufferedBytes,
      }),
    contained,
    shed: counters.shed,
    holderOf: (port) => {
      const holder = portHolder(port);
      return holder === null ? null : `${holder.name} (pid ${holder.pid})`;
    },
  });
  closing.defer(() => listening.stop());
  outside.publish(listening.port, entrance.rules.hosts);
  closing.defer(() => outside.withdraw());
  followPairing(pairing, listening.connections);
  followSecret({
    live,
    flags: options.flags ?? {},
    kept,
    entrance,
    connections: listening.connections,
    log: wireLog,
  });
  const scheme = tls === null ? "http" : "https";
  const url = pageAt(listening.addresses[0] ?? "127.0.0.1", { scheme, port: listening.port, basePath });
  const pin = tls === null ? {} : { tlsFingerprint: tls.fingerprint };
  // Whoever is told by the state directory is on this machine, and its own only on loopback.
  claim.lock.update({
    port: listening.port,
    url: pageAt("127.0.0.1", { scheme, port: listening.port, basePath }),
    ...pin,
  });

  const timers = [
    setInterval(() => bus.emit("tick", { ts: now() }), settings.tickIntervalMs),
    setInterval(() => {
      for (const connection of listening.connections) connection.ping();
    }, settings.pingIntervalMs),
    setInterval(() => {
      Promise.all([ledger.prune(), inbox.prune(), platforms.prune()]).catch(contained);
    }, pruneEveryMs),
  ];
  closing.defer(() => {
    for (const timer of timers) clearInterval(timer);
  });
  upkeep.begin(() => health.touch());
  live.watch();
  if (!brake.braked) {
    const isControlPlaneOnly = options.controlPlaneOnly === true;
    inbox
      .recover()
      .then(() => platforms.start(isControlPlaneOnly))
      .catch(contained);
  }
  log.info("gateway started", {
    url,
    addresses: listening.addresses,
    version,
    auth: resolved.auth.mode,
    ...pin,
  });

  const opened = closing.move();
  const { promise: stopped, resolve: hasStopped } = Promise.withResolvers<void>();

  async function stop(reason: string): Promise<void> {
    if (stopping) return stopped;
    stopping = true;
    options.stopping?.(restarting);
    log.info("gateway stopping", { reason });
    bus.emit("shutdown", { reason, restartExpectedMs: restarting ? expectedRestartMs : null });
    fanOut.flush();
    const { connections } = listening;
    await windDown({ graceMs: settings.shutdownGraceMs, inbox, platforms, connections });
    brake.stopped();
    await opened.disposeAsync();
    log.info("gateway stopped", { reason });
    hasStopped();
  }

  return {
    url,
    port: listening.port,
    addresses: listening.addresses,
    facts: {
      ...rooms.reachable(),
      firstStart,
      stateDir: paths.stateDir,
      tlsFingerprint,
    },
    contained,
    reload: live.reload,
    stop,
    stopped,
    get restarting() {
      return restarting;
    },
  };
}
