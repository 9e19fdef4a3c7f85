import type { MethodName, Params, Result } from "#protocol";
import type { ErrorShape } from "#protocol/frames.ts";
import type { Caller } from "#src/methods/handler.ts";
import type { Dispatch } from "../dispatch.ts";
import { type Failure, failureOf } from "./failure.ts";

/** Calls a method that answers once, as every client does; `failed` where it is refused. */
export function call<M extends MethodName>(
  dispatch: Dispatch,
  method: M,
  params: Params<M>,
  caller: Caller,
): Promise<{ result: Result<M> } | { failed: Failure }> {
  return new Promise((resolve) => {
    dispatch({ type: "req", id: method, method, params }, caller, {
      first: () => {},
      last(body) {
        const answer = JSON.parse(`{${body}`) as { ok: boolean; payload: Result<M>; error?: ErrorShape };
        if (answer.error === undefined) resolve({ result: answer.payload });
        else resolve({ failed: failureOf(answer.error, null) });
      },
    });
  });
}
