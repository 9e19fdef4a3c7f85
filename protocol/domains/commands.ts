import { type Static, Type } from "@sinclair/typebox";
import { defineMethods } from "../define.ts";
import { model, NonEmptyString, strict, words } from "../primitives.ts";

export type CommandEntry = Static<typeof CommandEntry>;
export const CommandEntry = model("CommandEntry", {
  /** Without the slash. */
  name: NonEmptyString,
  /** What a person may type for it. */
  textAliases: Type.Array(NonEmptyString),
  /** In the caller's language. */
  description: NonEmptyString,
  descriptions: strict({ en: NonEmptyString, zh: NonEmptyString }),
  source: words("native", "skill", "plugin"),
  /** `text`: typed into a message, wherever the message is written. */
  scope: words("text", "native", "both"),
  acceptsArgs: Type.Boolean(),
  /** Only where they were asked for. */
  args: Type.Optional(
    Type.Array(
      model("CommandArgument", {
        name: NonEmptyString,
        description: NonEmptyString,
        type: words("string", "number", "boolean"),
        required: Type.Optional(Type.Boolean()),
      }),
    ),
  ),
});

export const methods = defineMethods({
  "commands.list": {
    summary: "The commands that an owner may type, such as /status, in the order of /help.",
    access: "operator.read",
    since: 4,
    params: strict({
      agentId: Type.Optional(Type.String()),
      provider: Type.Optional(Type.String()),
      scope: Type.Optional(words("text", "native", "both")),
      includeArgs: Type.Optional(Type.Boolean()),
    }),
    result: strict({ commands: Type.Array(CommandEntry) }),
    repeat: "again",
    tolerant: true,
  },
});
