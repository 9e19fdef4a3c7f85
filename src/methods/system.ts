import type { Params, Result } from "#protocol";
import { GatewayError } from "#src/lib/errors.ts";
import type { DomainHandlers } from "./handler.ts";

export interface LogTail {
  tail(params: Params<"logs.tail">): Result<"logs.tail"> | null;
}

export function systemHandlers(log: LogTail): DomainHandlers<"system"> {
  return {
    "system.echo": ({ params }) => ({ ok: true, text: params.text }),
    "logs.tail": ({ params }) => {
      const tail = log.tail(params);
      if (tail === null) {
        throw new GatewayError(
          "UNAVAILABLE",
          "this gateway writes no log file; see the terminal that it runs in",
        );
      }
      return tail;
    },
  };
}
