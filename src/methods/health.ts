import type { Health } from "#src/health/health.ts";
import type { StatusRoom } from "#src/health/status.ts";
import type { DomainHandlers } from "./handler.ts";

export function healthHandlers(health: Health, status: StatusRoom): DomainHandlers<"health"> {
  return {
    health: ({ params }) => (params.probe === true ? health.probe() : health.current()),
    status: () => status.summary(),
  };
}
