import { Type } from "@sinclair/typebox";
import { defineMethods } from "../define.ts";
import { Count, NonEmptyString, strict } from "../primitives.ts";

export const methods = defineMethods({
  "system.echo": {
    summary: "Answers with the text it was given: the worked example of adding a method.",
    access: "operator.read",
    since: 3,
    params: strict({ text: NonEmptyString }),
    result: strict({ ok: Type.Boolean(), text: NonEmptyString }),
    repeat: "again",
  },
  "system.restart": {
    summary: "Ends the gateway so that its supervisor starts it again; refused where nobody would.",
    access: "operator.admin",
    since: 4,
    params: strict({}),
    result: strict({ restarting: Type.Boolean() }),
    repeat: "again",
  },
  "logs.tail": {
    summary: "The gateway's log from a byte offset on; without one, its end.",
    access: "operator.read",
    since: 3,
    params: strict({
      cursor: Type.Optional(Count),
      limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 5000, description: "lines; default 500" })),
      maxBytes: Type.Optional(
        Type.Integer({ minimum: 1, maximum: 1_000_000, description: "default 250,000" }),
      ),
    }),
    result: strict({
      file: NonEmptyString,
      cursor: Count,
      size: Count,
      lines: Type.Array(Type.String()),
      truncated: Type.Optional(Type.Boolean()),
      /** The cursor lay beyond the file, as after a rotation: the lines start afresh. */
      reset: Type.Optional(Type.Boolean()),
    }),
    repeat: "again",
  },
});
