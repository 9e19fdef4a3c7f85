import type { Params, Result } from "#protocol";
import { GatewayError } from "#src/lib/errors.ts";
import type { DomainHandlers } from "./handler.ts";

export interface LogTail {
  tail(params: Params<"logs.tail">): Result<"logs.tail"> | null;
}

/** Ends the gateway to be started again; false where nobody would start it. */
export type Restart = () => boolean;

export function systemHandlers(log: LogTail, restart: Restart): DomainHandlers<"system"> {
  return {
    "system.echo": ({ params }) => ({ ok: true, text: params.text }),
    "system.restart": () => ({ restarting: restart() }),
    "logs.tail": ({ params }) => {
      const tail = log.tail(params);
      if (tail === null) {
        throw new GatewayError("UNAVAILABLE", {
          en: "this gateway writes no log file; see the terminal that it runs in",
          zh: "本网关不写日志文件；请查看运行它的终端",
        });
      }
      return tail;
    },
  };
}
