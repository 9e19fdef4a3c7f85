import { defineMethods } from "../define.ts";
import { JsonObject, nullable, strict } from "../primitives.ts";

export const methods = defineMethods({
  "last-heartbeat": {
    summary: "The last heartbeat event, or null where there has been none since the start.",
    access: "operator.read",
    since: 3,
    params: strict({}),
    result: nullable(JsonObject),
    repeat: "again",
  },
});
