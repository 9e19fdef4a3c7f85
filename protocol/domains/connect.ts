import { type Static, Type } from "@sinclair/typebox";
import { defineEvents, defineMethods } from "../define.ts";
import { StateVersion } from "../frames.ts";
import { Json, Millis, map, model, NonEmptyString, namedWords, Timestamp } from "../primitives.ts";
import { HealthSummary } from "./health.ts";
import { PresenceEntry } from "./presence.ts";

/** How a client runs. */
export type ClientMode = Static<typeof ClientMode>;
export const ClientMode = namedWords(
  "ClientMode",
  "webchat",
  "cli",
  "ui",
  "backend",
  "node",
  "probe",
  "test",
  "worker",
);

/** Who is connecting, in its own words: labels for people, never grounds for trust. */
export type ClientInfo = Static<typeof ClientInfo>;
export const ClientInfo = model("ClientInfo", {
  id: Type.String({ minLength: 1, maxLength: 128 }),
  displayName: Type.Optional(NonEmptyString),
  version: NonEmptyString,
  buildId: Type.Optional(Type.String({ maxLength: 96 })),
  platform: NonEmptyString,
  deviceFamily: Type.Optional(NonEmptyString),
  modelIdentifier: Type.Optional(NonEmptyString),
  timeZone: Type.Optional(Type.String({ maxLength: 64 })),
  mode: ClientMode,
  instanceId: Type.Optional(NonEmptyString),
});

/** Proof of a device identity: an Ed25519 signature over the connect fields and this socket's nonce. */
export type DeviceProof = Static<typeof DeviceProof>;
export const DeviceProof = model("DeviceProof", {
  id: NonEmptyString,
  publicKey: NonEmptyString,
  signature: NonEmptyString,
  signedAt: Timestamp,
  nonce: Type.Optional(NonEmptyString),
});

export type ConnectAuth = Static<typeof ConnectAuth>;
export const ConnectAuth = model("ConnectAuth", {
  token: Type.Optional(Type.String()),
  password: Type.Optional(Type.String()),
  deviceToken: Type.Optional(Type.String()),
  bootstrapToken: Type.Optional(Type.String()),
});

export type HelloAuth = Static<typeof HelloAuth>;
export const HelloAuth = model("HelloAuth", {
  /**
   * How the client was let in: `none`, `token`, `password`, `device-token`, `bootstrap-token` for a pairing link,
   * `local-key` for our own CLI, or `page` for our own page.
   */
  method: Type.Optional(NonEmptyString),
  role: NonEmptyString,
  /** What was granted: asked for and allowed. */
  scopes: Type.Array(NonEmptyString),
  deviceToken: Type.Optional(NonEmptyString),
  issuedAtMs: Type.Optional(Timestamp),
});

export type Policy = Static<typeof Policy>;
export const Policy = model("Policy", {
  /** The largest frame in bytes that the gateway takes from a client. */
  maxPayload: Type.Integer({ minimum: 1 }),
  /** The bytes of events that may wait for a client that reads slowly. */
  maxBufferedBytes: Type.Integer({ minimum: 1 }),
  tickIntervalMs: Type.Integer({ minimum: 1 }),
});

export type SessionDefaults = Static<typeof SessionDefaults>;
export const SessionDefaults = model("SessionDefaults", {
  defaultAgentId: NonEmptyString,
  mainKey: NonEmptyString,
  mainSessionKey: NonEmptyString,
  scope: namedWords("SessionScope", "per-sender", "global"),
});

/** The state at the moment of connecting; later changes come as events. */
export type Snapshot = Static<typeof Snapshot>;
export const Snapshot = model("Snapshot", {
  presence: Type.Array(PresenceEntry),
  health: HealthSummary,
  stateVersion: StateVersion,
  uptimeMs: Millis,
  /** For admins only. */
  configPath: Type.Optional(NonEmptyString),
  stateDir: Type.Optional(NonEmptyString),
  sessionDefaults: SessionDefaults,
});

export type ConnectParams = Static<typeof ConnectParams>;
export const ConnectParams = model("ConnectParams", {
  minProtocol: Type.Integer({ minimum: 1 }),
  maxProtocol: Type.Integer({ minimum: 1 }),
  client: ClientInfo,
  caps: Type.Optional(Type.Array(NonEmptyString)),
  commands: Type.Optional(Type.Array(NonEmptyString)),
  permissions: Type.Optional(map(Type.Boolean())),
  pathEnv: Type.Optional(Type.String()),
  computerUse: Type.Optional(Json),
  workerRuns: Type.Optional(Json),
  role: Type.Optional(NonEmptyString),
  scopes: Type.Optional(Type.Array(NonEmptyString)),
  modelCatalog: Type.Optional(Json),
  device: Type.Optional(DeviceProof),
  auth: Type.Optional(ConnectAuth),
  locale: Type.Optional(Type.String()),
  userAgent: Type.Optional(Type.String()),
});

export type HelloOk = Static<typeof HelloOk>;
export const HelloOk = model("HelloOk", {
  type: Type.Literal("hello-ok"),
  protocol: Type.Integer({ minimum: 1 }),
  server: model("ServerInfo", {
    version: NonEmptyString,
    commit: Type.Optional(NonEmptyString),
    host: Type.Optional(NonEmptyString),
    connId: NonEmptyString,
  }),
  features: model("Features", {
    methods: Type.Array(NonEmptyString),
    events: Type.Array(NonEmptyString),
  }),
  snapshot: Snapshot,
  auth: HelloAuth,
  policy: Policy,
});

/** The one method that exists before hello-ok; after it, it is refused. */
export const handshake = defineMethods({
  connect: {
    summary: "Introduce yourself. Must be the first frame; the answer is hello-ok with a snapshot.",
    access: "connected",
    since: 3,
    params: ConnectParams,
    result: HelloOk,
    repeat: "again",
    tolerant: true,
  },
});

export const events = defineEvents({
  "connect.challenge": {
    summary: "The first frame on every socket. A device signs its nonce.",
    audience: "addressee",
    whenSlow: "disconnect",
    since: 3,
    payload: model("ConnectChallenge", { nonce: NonEmptyString, ts: Timestamp }),
  },
});
