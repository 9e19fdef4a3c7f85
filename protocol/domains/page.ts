import { defineMethods } from "../define.ts";
import { NonEmptyString, strict, Timestamp } from "../primitives.ts";

export const methods = defineMethods({
  "page.link": {
    summary:
      "A link that opens this gateway's page once, on its own computer and within ten minutes, with all that its user may do.",
    access: "operator.admin",
    since: 4,
    params: strict({}),
    result: strict({
      /** The secret stands in the fragment; the page sends it as `auth.token` and is given a token of its own. */
      url: NonEmptyString,
      expiresAt: Timestamp,
    }),
    repeat: "again",
  },
});
