import { events, methods } from "#protocol";
import type { Scope } from "#protocol/access.ts";
import type { ConnectParams, Policy } from "#protocol/domains/connect.ts";
import type { CloseName } from "#protocol/errors.ts";
import type { RequestFrame } from "#protocol/frames.ts";
import { type Generation, MIN_PROTOCOL_VERSION, negotiate, PROTOCOL_VERSION } from "#protocol/version.ts";
import { verifyProof } from "#src/devices/proof.ts";
import { GatewayError } from "#src/lib/errors.ts";
import { checkParams } from "#src/lib/validators.ts";
import type { Caller } from "#src/methods/handler.ts";
import type { Body } from "./answer.ts";
import { type AuthRules, authenticate, offeredSecrets } from "./auth.ts";
import type { Connection } from "./connection.ts";
import type { PageLinks } from "./page-links.ts";

/** What is known about the socket when its first frame arrives. */
export interface Introduction {
  peer: string;
  local: boolean;
  browser: boolean;
  language: "en" | "zh";
  nonce: string;
  challengedAt: number;
  connectionId: string;
}

export type Greeting =
  | {
      admitted: true;
      params: ConnectParams;
      caller: Omit<Caller, "signal" | "subscriptions">;
      /** Makes hello-ok; called once the connection is among those that it tells of. */
      hello: () => Body;
      /** Sends what follows hello-ok unasked. */
      welcome: (connection: Connection) => void;
    }
  | { admitted: false; error: GatewayError; close: CloseName; generation: Generation };

export interface HandshakeOptions {
  now: () => number;
  auth: AuthRules;
  pageLinks: PageLinks;
  policy: Policy;
  server: { version: string; commit?: string; host: string };
  /** JSON texts of the snapshot's parts at this moment. */
  snapshot: (scopes: ReadonlySet<Scope>) => string;
  welcome: (connection: Connection) => void;
  /** Told of every client that is let in or refused. */
  noted: (note: { admitted: boolean; client: string; mode: string; how: string; peer: string }) => void;
}

/** Judges a `connect`: params, version, role, device, credential, scopes, in the order that clients know. */
export function createHandshake(options: HandshakeOptions) {
  const features = JSON.stringify({ methods: Object.keys(methods), events: Object.keys(events) });
  const policy = JSON.stringify(options.policy);

  return function introduce(frame: RequestFrame, socket: Introduction): Greeting {
    const given = frame.params ?? {};
    const problems = checkParams("connect", given);
    if (problems !== null) return refuse("INVALID_REQUEST", `invalid connect params: ${problems}`, {}, 3);
    const params = given as ConnectParams;
    const generation = negotiate(params.minProtocol, params.maxProtocol);
    if (generation === null) return mismatch(params);
    const role = params.role ?? "operator";
    if (role !== "operator" && role !== "node")
      return refuse("INVALID_REQUEST", "invalid role", {}, generation);

    let deviceId: string | null = null;
    if (params.device !== undefined) {
      const verdict = verifyProof(
        params.device,
        {
          clientId: params.client.id,
          clientMode: params.client.mode,
          role,
          scopes: params.scopes ?? [],
          token: params.auth?.token ?? params.auth?.deviceToken ?? params.auth?.bootstrapToken ?? "",
          platform: params.client.platform,
          deviceFamily: params.client.deviceFamily ?? "",
        },
        { ...socket, now: options.now(), generation },
      );
      if (!("deviceId" in verdict)) {
        note(false, verdict.reason);
        const details = { code: verdict.code, reason: verdict.reason };
        return refuse("INVALID_REQUEST", verdict.message, details, generation);
      }
      deviceId = verdict.deviceId;
    }

    const offered = offeredSecrets(params.auth);
    const pagePass = options.pageLinks.recognise(offered);
    const verdict = authenticate(
      { local: socket.local, deviceId, credentials: params.auth, pagePass, client: params.client },
      options.auth,
    );
    if (!verdict.admitted) {
      note(false, verdict.message);
      return refuse(verdict.code, verdict.message, verdict.details, generation);
    }
    const asked = role === "operator" ? (params.scopes ?? []) : [];
    const scopes = new Set(asked.filter((scope): scope is Scope => verdict.allowed.has(scope as Scope)));
    note(true, verdict.method);
    const pageToken = verdict.method === "page" ? options.pageLinks.exchange(offered) : null;

    const hello = (): Body => {
      const auth = {
        method: verdict.method,
        role,
        scopes: [...scopes],
        ...(pageToken === null ? {} : { deviceToken: pageToken, issuedAtMs: options.now() }),
      };
      const server = { ...options.server, connId: socket.connectionId };
      return (`"ok":true,"payload":{"type":"hello-ok","protocol":${generation},"server":${JSON.stringify(server)},` +
        `"features":${features},"snapshot":${options.snapshot(scopes)},"auth":${JSON.stringify(auth)},` +
        `"policy":${policy}}}`) as Body;
    };
    const { id, mode, displayName } = params.client;
    return {
      admitted: true,
      params,
      hello,
      welcome: options.welcome,
      caller: {
        connectionId: socket.connectionId,
        generation,
        role,
        scopes,
        // A page has no token any more after a restart: what it repeats then must be known all the same.
        principal:
          deviceId === null
            ? `auth:${verdict.method === "page" ? options.auth.mode : verdict.method}`
            : `device:${deviceId}`,
        deviceId,
        client: { id, mode, name: displayName ?? id },
        language: params.locale?.toLowerCase().startsWith("zh") === true ? "zh" : socket.language,
      },
    };

    function note(admitted: boolean, how: string): void {
      options.noted({ admitted, client: params.client.id, mode: params.client.mode, how, peer: socket.peer });
    }
  };
}

function refuse(
  code: "INVALID_REQUEST" | "NOT_PAIRED" | "UNAVAILABLE" | "FORBIDDEN",
  message: string,
  details: Record<string, unknown>,
  generation: Generation,
): Greeting {
  const known = Object.keys(details).length > 0 ? { details } : {};
  return { admitted: false, error: new GatewayError(code, message, known), close: "refused", generation };
}

function mismatch(params: ConnectParams): Greeting {
  const error = new GatewayError("INVALID_REQUEST", "protocol mismatch", {
    details: {
      code: "PROTOCOL_MISMATCH",
      expectedProtocol: PROTOCOL_VERSION,
      minimumProbeProtocol: MIN_PROTOCOL_VERSION,
      clientMinProtocol: params.minProtocol,
      clientMaxProtocol: params.maxProtocol,
    },
  });
  return { admitted: false, error, close: "protocol-mismatch", generation: 3 };
}
