import type { DomainHandlers } from "./handler.ts";

/** This gateway sends no heartbeats, so there has been none. */
export function heartbeatHandlers(): DomainHandlers<"heartbeat"> {
  return { "last-heartbeat": () => null };
}
