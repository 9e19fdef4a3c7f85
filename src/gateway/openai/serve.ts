import type { Scope } from "#protocol/access.ts";
import { PROTOCOL_VERSION } from "#protocol/version.ts";
import type { EventBus } from "#src/lib/bus.ts";
import { uuid } from "#src/lib/ids.ts";
import type { Caller } from "#src/methods/handler.ts";
import type { Dispatch } from "../dispatch.ts";
import { bearerOf, guarded, type HttpVisit, unauthorized } from "../http.ts";
import type { HttpDoor, HttpVerdict } from "../http-door.ts";
import { createAsking } from "./asking.ts";
import { readBody } from "./body.ts";
import { asStream, atOnce } from "./carry-out.ts";
import { BadRequest, errorBody, type Failure } from "./failure.ts";
import { createModelList } from "./model-list.ts";
import { chatOrders, type FindModel, type MakeOrder, responsesOrders, seconds } from "./order.ts";

/** As the config has them. */
export interface Endpoints {
  chatCompletions?: { enabled: boolean };
  responses?: { enabled: boolean; maxBodyBytes: number };
}

export interface ProgramsOptions {
  dispatch: Dispatch;
  bus: EventBus;
  door: HttpDoor;
  findModel: FindModel;
  /** What is switched on now. */
  endpoints: () => Endpoints;
  now: () => number;
}

/** Answers what programs ask in OpenAI's words; each run is an agent request like any other client's. */
export type Programs = (request: Request, path: string, visit: HttpVisit) => Promise<Response>;

interface Endpoint {
  maxBytes: number;
  order: MakeOrder;
}

/** Requests that may be carried out at once; with more, programs are told to wait. */
const maxOpen = 64;
const modelsPath = "/v1/models";
const chatBodyBytes = 1024 * 1024;
const scopes: readonly Scope[] = ["operator.read", "operator.write"];
const noSubscriptions: Caller["subscriptions"] = { add: () => false, remove: () => {} };

export function createPrograms(options: ProgramsOptions): Programs {
  const { dispatch, bus, now } = options;
  const { ask } = createAsking({ dispatch, bus });
  const models = createModelList({ dispatch, findModel: options.findModel, openedAt: seconds(now()) });
  const chat = { maxBytes: chatBodyBytes, order: chatOrders(options.findModel, now) };
  const makeResponse = responsesOrders(dispatch, options.findModel, now);

  function endpointAt(path: string): Endpoint | null {
    const { chatCompletions, responses } = options.endpoints();
    if (path === "/v1/chat/completions") return chatCompletions?.enabled ? chat : null;
    if (path !== "/v1/responses" || !responses?.enabled) return null;
    return { maxBytes: responses.maxBodyBytes, order: makeResponse };
  }

  let open = 0;

  return async function respond(request, path, visit) {
    const endpoint = endpointAt(path);
    const isModels = path === modelsPath || path.startsWith(`${modelsPath}/`);
    if (endpoint === null && !isModels) return failed(noRoute(path));
    const method = endpoint === null ? "GET" : "POST";
    if (request.method !== method) return notAllowed(method);
    // The secret is looked for in both fields of `connect`, so it counts for token and password alike.
    const verdict = await options.door({ ...visit, bearer: bearerOf(request) });
    if (!verdict.admitted) return unauthorized(verdict.retryAfterMs);
    const gone = new AbortController();
    request.signal.addEventListener("abort", () => gone.abort(), { once: true });
    const caller = callerOf(verdict, visit, gone.signal);
    if (endpoint === null) {
      const wanted = path === modelsPath ? null : decodeURIComponent(path.slice(modelsPath.length + 1));
      const found = await models(wanted, caller);
      return "failed" in found ? failed(found.failed) : Response.json(found.answer, { headers: guarded });
    }
    if (open >= maxOpen) return failed(busy);
    open += 1;
    let over: Promise<unknown> = Promise.resolve();
    try {
      const order = await endpoint.order(await readBody(request, endpoint.maxBytes), request.headers, caller);
      visit.patient(true);
      if (order.isStream) {
        const begun = await asStream(order, ask, caller, () => gone.abort());
        if ("failed" in begun) return failed(begun.failed);
        over = begun.over;
        return eventStream(begun.body);
      }
      const outcome = await atOnce(order, ask, caller);
      return "failed" in outcome
        ? failed(outcome.failed)
        : Response.json(outcome.whole, { headers: guarded });
    } catch (error) {
      if (error instanceof BadRequest) return failed(error.failure);
      throw error;
    } finally {
      void over.finally(() => {
        open -= 1;
        visit.patient(false);
      });
    }
  };
}

function callerOf(
  { by, scopes: granted }: HttpVerdict & { admitted: true },
  { language }: HttpVisit,
  signal: AbortSignal,
): Caller {
  return {
    connectionId: `http-${uuid()}`,
    generation: PROTOCOL_VERSION,
    role: "operator",
    scopes: new Set(scopes.filter((scope) => granted.includes(scope))),
    principal: `auth:${by}`,
    deviceId: null,
    client: { id: "openai", mode: "backend", name: "a program over HTTP" },
    language,
    signal,
    subscriptions: noSubscriptions,
  };
}

const busy: Failure = {
  status: 429,
  type: "rate_limit_error",
  code: "rate_limit_exceeded",
  message: `${maxOpen} requests are being carried out; send this one again in a moment`,
  retryAfterMs: 1_000,
};

function failed(failure: Failure): Response {
  const { status, retryAfterMs } = failure;
  const wait =
    retryAfterMs === undefined ? {} : { "retry-after": String(Math.max(1, Math.ceil(retryAfterMs / 1000))) };
  return Response.json(errorBody(failure), { status, headers: { ...guarded, ...wait } });
}

function noRoute(path: string): Failure {
  const message = `there is nothing at ${path}, or it is not switched on in gateway.http.endpoints`;
  return { status: 404, type: "invalid_request_error", code: "not_found", message };
}

function notAllowed(method: string): Response {
  const message = `the method must be ${method}`;
  const refusal = failed({ status: 405, type: "invalid_request_error", code: "method_not_allowed", message });
  refusal.headers.set("allow", method);
  return refusal;
}

function eventStream(body: ReadableStream<Uint8Array>): Response {
  const headers = {
    ...guarded,
    "content-type": "text/event-stream; charset=utf-8",
    // Some proxies would gather the whole answer first.
    "x-accel-buffering": "no",
  };
  return new Response(body, { headers });
}
