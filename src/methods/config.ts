import type { Result } from "#protocol";
import type { DomainHandlers } from "./handler.ts";

export function configHandlers(current: () => Result<"config.get">): DomainHandlers<"config"> {
  return { "config.get": () => current() };
}
