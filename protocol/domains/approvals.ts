import { Type } from "@sinclair/typebox";
import { defineMethods } from "../define.ts";
import { JsonObject, strict } from "../primitives.ts";

/** What newer clients ask for on connecting: what waits for a person. Nothing in this gateway asks yet. */
export const methods = defineMethods({
  "exec.approval.list": {
    summary: "The commands that wait for a person's approval.",
    access: "operator.approvals",
    since: 4,
    params: strict({}),
    result: Type.Array(JsonObject),
    repeat: "again",
  },
  "plugin.approval.list": {
    summary: "The requests of plugins that wait for a person's approval.",
    access: "operator.approvals",
    since: 4,
    params: strict({}),
    result: Type.Array(JsonObject),
    repeat: "again",
  },
  "question.list": {
    summary: "The questions of running agents that wait for an answer.",
    access: "operator.read",
    since: 4,
    params: strict({}),
    result: strict({ questions: Type.Array(JsonObject) }),
    repeat: "again",
  },
  "taskSuggestions.list": {
    summary: "The tasks that agents have suggested and nobody has taken up or dismissed.",
    access: "operator.read",
    since: 4,
    params: strict({ agentId: Type.Optional(Type.String()) }),
    result: strict({ suggestions: Type.Array(JsonObject) }),
    repeat: "again",
    tolerant: true,
  },
});
