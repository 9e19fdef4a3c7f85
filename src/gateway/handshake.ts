import { events, methods } from "#protocol";
import { isScope, type Role, type Scope } from "#protocol/access.ts";
import type { ConnectParams, Policy } from "#protocol/domains/connect.ts";
import type { CloseName } from "#protocol/errors.ts";
import type { RequestFrame } from "#protocol/frames.ts";
import { type Generation, MIN_PROTOCOL_VERSION, negotiate, PROTOCOL_VERSION } from "#protocol/version.ts";
import { GatewayError } from "#src/lib/errors.ts";
import { checkParams } from "#src/lib/validators.ts";
import type { Caller } from "#src/methods/handler.ts";
import type { AdmissionRules, Method } from "./admission.ts";
import type { Body } from "./answer.ts";
import type { Connection, SocketFacts } from "./connection.ts";
import type { Door, Verdict } from "./door.ts";

/** What is known about the socket when its first frame arrives. */
export interface Introduction extends SocketFacts {
  nonce: string;
  challengedAt: number;
  connectionId: string;
}

export type Greeting =
  | {
      admitted: true;
      by: Method;
      params: ConnectParams;
      caller: Omit<Caller, "signal" | "subscriptions">;
      /** Makes hello-ok; called once the connection is among those that it tells of. */
      hello: () => Body;
      /** Sends what follows hello-ok unasked. */
      welcome: (connection: Connection) => void;
    }
  | {
      admitted: false;
      error: GatewayError;
      close: CloseName;
      /** Where it is not the error's message. */
      closeReason?: string;
      generation: Generation;
    };

export interface HandshakeOptions {
  now: () => number;
  door: Door;
  mode: () => AdmissionRules["mode"];
  policy: Policy;
  server: { version: string; commit?: string; host: string };
  /** JSON texts of the snapshot's parts at this moment. */
  snapshot: (scopes: ReadonlySet<Scope>) => string;
  welcome: (connection: Connection) => void;
  /** Told of every client that is let in or refused. */
  noted: (note: { admitted: boolean; client: string; mode: string; how: string; peer: string }) => void;
}

/** Judges a `connect`: params, version, role; then the door decides. A promise only where the door has to look. */
export function createHandshake(options: HandshakeOptions) {
  const features = JSON.stringify({ methods: Object.keys(methods), events: Object.keys(events) });
  const policy = JSON.stringify(options.policy);

  return function introduce(frame: RequestFrame, socket: Introduction): Greeting | Promise<Greeting> {
    const given = frame.params ?? {};
    const problems = checkParams("connect", given);
    if (problems !== null) return refuse(`invalid connect params: ${problems}`, 3);
    const params = given as ConnectParams;
    const generation = negotiate(params.minProtocol, params.maxProtocol);
    if (generation === null) return mismatch(params);
    const role = params.role ?? "operator";
    if (role !== "operator" && role !== "node") return refuse("invalid role", generation);
    const verdict = options.door({
      params,
      role,
      scopes: role === "operator" ? [...new Set(params.scopes)].filter(isScope) : [],
      generation,
      socket,
    });
    const greet = (made: Verdict) => toGreeting(made, params, role, generation, socket);
    return verdict instanceof Promise ? verdict.then(greet) : greet(verdict);
  };

  function toGreeting(
    verdict: Verdict,
    params: ConnectParams,
    role: Role,
    generation: Generation,
    socket: Introduction,
  ): Greeting {
    const { id, mode, displayName } = params.client;
    const note = (how: string) =>
      options.noted({ admitted: verdict.admitted, client: id, mode, how, peer: socket.request.peer });
    if (!verdict.admitted) {
      note(verdict.error.message);
      const { error, closeReason } = verdict;
      return {
        admitted: false,
        error,
        close: "refused",
        generation,
        ...(closeReason === undefined ? {} : { closeReason }),
      };
    }
    note(verdict.by);
    const { by, record, token } = verdict;
    const scopes: ReadonlySet<Scope> = new Set(verdict.scopes);
    const deviceId = record?.deviceId ?? null;
    const hello = (): Body => {
      const auth = {
        method: by,
        role,
        scopes: [...scopes],
        ...(token === null ? {} : { deviceToken: token.text, issuedAtMs: token.issuedAt }),
      };
      const server = { ...options.server, connId: socket.connectionId };
      return (`"ok":true,"payload":{"type":"hello-ok","protocol":${generation},"server":${JSON.stringify(server)},` +
        `"features":${features},"snapshot":${options.snapshot(scopes)},"auth":${JSON.stringify(auth)},` +
        `"policy":${policy}}}`) as Body;
    };
    return {
      admitted: true,
      by,
      params,
      hello,
      welcome: options.welcome,
      caller: {
        connectionId: socket.connectionId,
        generation,
        role,
        scopes,
        // A page has no token any more after a restart: what it repeats then must be known all the same.
        principal: deviceId === null ? `auth:${by === "page" ? options.mode() : by}` : `device:${deviceId}`,
        deviceId,
        client: { id, mode, name: displayName ?? id },
        language: params.locale?.toLowerCase().startsWith("zh") === true ? "zh" : socket.language,
      },
    };
  }
}

function refuse(message: string, generation: Generation): Greeting {
  return {
    admitted: false,
    error: new GatewayError("INVALID_REQUEST", message),
    close: "refused",
    generation,
  };
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
