import type { ConnectParams } from "#protocol/domains/connect.ts";

/** What differs from one page to the other, and from one attempt to the next. */
export type Introduced = Pick<ConnectParams, "client" | "auth" | "locale" | "userAgent">;

/** How the page introduces itself to the gateway. */
export function introduction(own: Introduced): ConnectParams {
  return {
    minProtocol: 3,
    maxProtocol: 4,
    role: "operator",
    scopes: ["operator.read", "operator.write", "operator.admin"],
    caps: ["tool-events"],
    ...own,
  };
}
