import type { Server } from "bun";
import { messageOf } from "#src/lib/errors.ts";
import { PortTaken } from "#src/lib/start-errors.ts";
import type { Connection, SocketFacts } from "./connection.ts";
import { type Http, text } from "./http.ts";
import { factsOf, judge, limitedAs, type TrustRules } from "./trust.ts";

export interface ServerOptions {
  addresses: string[];
  port: number;
  maxPayloadBytes: number;
  trust: TrustRules;
  /** PEM; null serves plain HTTP. */
  tls: { cert: string; key: string } | null;
  http: Http;
  /** The largest body that is taken over HTTP. */
  maxBodyBytes: number;
  connect: (facts: SocketFacts) => Connection;
  contained: (error: unknown) => void;
  shed: (cause: string) => void;
  /** Names who listens on a port, where the system tells. */
  holderOf: (port: number) => string | null;
}

export interface Listening {
  readonly port: number;
  readonly addresses: string[];
  readonly connections: ReadonlySet<Connection>;
  /** Takes no more connections and requests. */
  stop(): Promise<void>;
}

const backpressureLimit = 4 * 1024 * 1024;
/** Behind our own pings: the server library's clock never ends a socket that is being pushed to. */
const idleSeconds = 120;
const httpIdleSeconds = 10;
const incomplete = "this WebSocket upgrade is not complete";

/** Listens on every address; the first must work, a missing IPv6 loopback is forgiven. */
export function listen(options: ServerOptions): Listening {
  const connections = new Set<Connection>();
  const servers: Server<Connection>[] = [];
  const [first, ...others] = options.addresses;
  if (first === undefined) throw new Error("there is no address to listen on");
  const main = serve(first, options.port);
  servers.push(main);
  const port = main.port ?? options.port;
  const addresses = [first];
  for (const address of others) {
    try {
      servers.push(serve(address, port));
      addresses.push(address);
    } catch (error) {
      if (address !== "::1") {
        for (const server of servers) void server.stop(true);
        throw error;
      }
    }
  }

  function serve(hostname: string, onPort: number): Server<Connection> {
    try {
      return Bun.serve<Connection, never>({
        hostname,
        port: onPort,
        development: false,
        ...(options.tls === null ? {} : { tls: { cert: options.tls.cert, key: options.tls.key } }),
        idleTimeout: httpIdleSeconds,
        maxRequestBodySize: options.maxBodyBytes,
        fetch: answer,
        error(error) {
          options.contained(error);
          return text(500, "the gateway failed to answer; see its log");
        },
        websocket: {
          maxPayloadLength: options.maxPayloadBytes,
          backpressureLimit,
          closeOnBackpressureLimit: true,
          perMessageDeflate: false,
          idleTimeout: idleSeconds,
          sendPings: false,
          open(socket) {
            connections.add(socket.data);
            contain(() => socket.data.open(socket));
          },
          message: (socket, data) => socket.data.receive(data),
          drain: (socket) => socket.data.drained(),
          ping: (socket) => socket.data.pinged(),
          pong: (socket) => socket.data.heard(),
          close(socket, code, reason) {
            connections.delete(socket.data);
            contain(() => socket.data.closed(code, reason));
          },
        },
      });
    } catch (error) {
      if ((error as { code?: string }).code === "EADDRINUSE") {
        throw new PortTaken(onPort, options.holderOf(onPort), { cause: error });
      }
      const message = `cannot listen on ${hostname} port ${onPort}: ${messageOf(error)}`;
      throw new Error(message, { cause: error });
    }
  }

  function answer(request: Request, server: Server<Connection>): Response | Promise<Response> | undefined {
    const peer = server.requestIP(request);
    const facts = factsOf(request, peer?.address ?? "", options.trust);
    const trust = judge(facts, options.trust);
    if (!trust.admitted) {
      const called = trust.refused === "host" ? options.http.called(request, facts) : null;
      if (called !== null) return called;
      options.shed(`foreign-${trust.refused}`);
      return text(
        403,
        `${trust.why}; open the page from the gateway host, or add the name to gateway.${trust.refused === "host" ? "hosts" : "controlUi.allowedOrigins"}`,
      );
    }
    const visitor = {
      request: facts,
      peerPort: peer?.port ?? 0,
      source: limitedAs(facts),
      local: trust.local,
      browser: trust.browser,
      language: languageOf(request),
    };
    if (request.headers.get("upgrade")?.toLowerCase() !== "websocket") {
      const patient = (isPatient: boolean) => server.timeout(request, isPatient ? 0 : httpIdleSeconds);
      return options.http.respond(request, { ...visitor, patient });
    }
    if (!isUpgrade(request)) return text(400, incomplete);
    const data = options.connect(visitor);
    if (server.upgrade(request, { data })) return undefined;
    return text(400, incomplete);
  }

  function contain(work: () => void): void {
    try {
      work();
    } catch (error) {
      options.contained(error);
    }
  }

  return {
    port,
    addresses,
    connections,
    async stop() {
      await Promise.all(servers.map((server) => server.stop(true)));
    },
  };
}

function languageOf(request: Request): "en" | "zh" {
  return request.headers.get("accept-language")?.toLowerCase().startsWith("zh") === true ? "zh" : "en";
}

/** The library asks for neither: a request that a proxy has made of something else is no upgrade. */
function isUpgrade(request: Request): boolean {
  const words = request.headers.get("connection")?.toLowerCase().split(",") ?? [];
  return request.method === "GET" && words.some((word) => word.trim() === "upgrade");
}
