import type { Presence } from "#src/presence/presence.ts";
import type { DomainHandlers } from "./handler.ts";

export function presenceHandlers(presence: Presence): DomainHandlers<"presence"> {
  return {
    "system-presence": () => presence.list(),
    "system-event": ({ params }) => {
      presence.beacon(params);
      return { ok: true };
    },
  };
}
