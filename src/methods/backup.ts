import type { Result } from "#protocol";
import { GatewayError, messageOf } from "#src/lib/errors.ts";
import type { DomainHandlers } from "./handler.ts";

/** One backup at a time: who asks meanwhile gets the same. */
export function backupHandlers(create: () => Promise<Result<"backup.create">>): DomainHandlers<"backup"> {
  let running: Promise<Result<"backup.create">> | null = null;
  return {
    "backup.create": async () => {
      running ??= create().finally(() => {
        running = null;
      });
      try {
        return await running;
      } catch (cause) {
        throw new GatewayError("UNAVAILABLE", messageOf(cause), { cause });
      }
    },
  };
}
