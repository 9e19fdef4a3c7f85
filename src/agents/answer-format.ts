import type { AnswerFormat } from "#protocol/domains/agents.ts";

/** What a schema is called where its caller gave it no name and the wire wants one. */
export const unnamed = "answer";

/** Any object at all. */
export const anyObject = { type: "object", additionalProperties: true } as const;

/** Where a server cannot be held to a form, as one of Anthropic's cannot to an open schema, the model is told of it. */
export function formatNote({ schema }: AnswerFormat): string {
  const bare = "without a code fence or a word around it";
  if (schema === undefined) return `Your whole answer is one JSON object, ${bare}.`;
  return `Your whole answer is JSON, ${bare}. It fits this JSON Schema:\n${JSON.stringify(schema)}`;
}
