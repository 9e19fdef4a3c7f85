import type { Result } from "#protocol";
import { GatewayError } from "#src/lib/errors.ts";
import type { DomainHandlers } from "./handler.ts";

/** Makes a link to the page; null where this gateway serves none. */
export type MakePageLink = () => Result<"page.link"> | null;

export function pageHandlers(makeLink: MakePageLink): DomainHandlers<"page"> {
  return {
    "page.link": () => {
      const link = makeLink();
      if (link !== null) return link;
      const message = "this gateway serves no page; set gateway.controlUi.enabled to true and start it again";
      throw new GatewayError("INVALID_REQUEST", message);
    },
  };
}
