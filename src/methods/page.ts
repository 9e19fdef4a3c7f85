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
      throw new GatewayError("INVALID_REQUEST", {
        en: "this gateway serves no page; set gateway.controlUi.enabled to true and start it again",
        zh: "本网关不提供页面；请把 gateway.controlUi.enabled 设为 true 并重新启动",
      });
    },
  };
}
