import { declarationOf, isMethod, type MethodName } from "#protocol";
import type { RequestFrame } from "#protocol/frames.ts";
import { GatewayError } from "#src/lib/errors.ts";
import type { Log } from "#src/lib/log.ts";
import { Serialized } from "#src/lib/serialized.ts";
import { checkAccepted, checkParams, checkResult, tooComplex } from "#src/lib/validators.ts";
import type { Call, Caller, Handlers } from "#src/methods/handler.ts";
import { barred } from "./admission.ts";
import { type Body, failure, success } from "./answer.ts";
import type { KeyedRequest } from "./once.ts";

export interface DispatchOptions {
  handlers: Handlers;
  once: (request: KeyedRequest) => Promise<Body>;
  log: Log;
  /** Counts an error that was a bug. */
  contained: (error: unknown) => void;
  /** Tests judge results too. */
  checkResults?: boolean;
}

/** Where the answers of one request go. */
export interface Replies {
  /** The first of two answers. */
  first(body: Body): void;
  last(body: Body): void;
}

/** Carries out one request: known, allowed, valid, then its handler. Exactly one last answer, whatever happens. */
export type Dispatch = (frame: RequestFrame, caller: Caller, replies: Replies) => void;

type AnyHandler = (call: Call<never>) => unknown;

export function createDispatch({ handlers, once, log, contained, checkResults }: DispatchOptions): Dispatch {
  function bodyOfError(error: unknown, method: string, caller: Caller): Body {
    if (error instanceof GatewayError) return failure(error, caller);
    contained(error);
    log.error("handler failed", { method, error });
    const told = {
      en: `${method} failed inside the gateway; see its log (moltbot logs)`,
      zh: `${method} 在网关内部出错；请查看日志（moltbot logs）`,
    };
    return failure(new GatewayError("UNAVAILABLE", told), caller);
  }

  function bodyOf(method: MethodName, result: unknown, caller: Caller): Body {
    if (checkResults === true) {
      const problems = checkResult(method, result instanceof Serialized ? JSON.parse(result.text) : result);
      if (problems !== null)
        throw new Error(`${method} answered what its contract does not allow: ${problems}`);
    }
    return success(result, caller);
  }

  return function dispatch(frame, caller, replies) {
    const name = frame.method;
    try {
      const method = known(name);
      allow(method, caller);
      const params = check(method, frame.params);
      const declaration = declarationOf(method);
      const handler = handlers[method] as unknown as AnyHandler;
      let isRecorded = false;
      const invoke = (first: (body: Body) => void, fingerprint = ""): unknown =>
        handler({
          params: params as never,
          caller,
          accept: (value: unknown) => {
            if (checkResults === true) {
              const problems = checkAccepted(method, value);
              if (problems !== null)
                throw new Error(`${method} accepted what its contract does not allow: ${problems}`);
            }
            first(success(value, caller));
          },
          fingerprint,
          recorded: () => {
            isRecorded = true;
          },
        });
      if (declaration.repeat !== "again") {
        const key = String(params.idempotencyKey);
        const run = async (first: (body: Body) => void, fingerprint: string) => {
          try {
            const body = bodyOf(method, await invoke(first, fingerprint), caller);
            return { body, keep: isRecorded ? "nothing" : "answer" } as const;
          } catch (error) {
            const hadEffect = !(error instanceof GatewayError) || error.payload !== undefined;
            const keep = hadEffect && !isRecorded ? "answer" : "nothing";
            return { body: bodyOfError(error, name, caller), keep } as const;
          }
        };
        const repeat = declaration.repeat;
        once({ principal: caller.principal, method, key, params, repeat, first: replies.first, run }).then(
          replies.last,
          (error) => replies.last(bodyOfError(error, name, caller)),
        );
        return;
      }
      const result = invoke(replies.first);
      if (result instanceof Promise) {
        result
          .then((value) => bodyOf(method, value, caller))
          .then(replies.last, (error) => replies.last(bodyOfError(error, name, caller)));
        return;
      }
      replies.last(bodyOf(method, result, caller));
    } catch (error) {
      replies.last(bodyOfError(error, name, caller));
    }
  };
}

function known(name: string): MethodName {
  if (isMethod(name)) return name;
  if (name === "connect") {
    throw new GatewayError("INVALID_REQUEST", "connect is only valid as the first request");
  }
  throw new GatewayError("INVALID_REQUEST", `unknown method: ${name.slice(0, 100)}`);
}

/** Throws unless the caller may call the method; before params are looked at, so a stranger learns nothing. */
export function allow(method: MethodName, caller: Pick<Caller, "role" | "scopes">): void {
  const bar = barred(method, caller);
  if (bar === null) return;
  if (bar.is === "role") throw new GatewayError("INVALID_REQUEST", `unauthorized role: ${caller.role}`);
  const { missing } = bar;
  throw new GatewayError("FORBIDDEN", `missing scope: ${missing}`, {
    details: { code: "MISSING_SCOPE", missingScope: missing, requiredScopes: [missing] },
  });
}

function check(method: MethodName, given: unknown): Record<string, unknown> {
  const params = given ?? {};
  const problems = tooComplex(params) ?? checkParams(method, params);
  if (problems !== null) throw new GatewayError("INVALID_REQUEST", `invalid ${method} params: ${problems}`);
  return params as Record<string, unknown>;
}
