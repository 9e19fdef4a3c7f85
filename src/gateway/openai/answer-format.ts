import type { AnswerFormat } from "#protocol/domains/agents.ts";
import { BadRequest } from "./failure.ts";
import { flag, isObject, objectOf, optionalText } from "./program-request.ts";
import type { ToolShape } from "./program-tools.ts";

const nameForm = /^[a-zA-Z0-9_-]{1,64}$/;

/** The form that an answer is to have; null for text of any form. `shape` says where an endpoint keeps a schema. */
export function formatOf(given: unknown, param: string, shape: ToolShape): AnswerFormat | null {
  if (given === undefined || given === null) return null;
  const outer = objectOf(given, param);
  switch (outer.type) {
    case undefined:
    case "text":
      return null;
    case "json_object":
      return {};
    case "json_schema":
      return shape === "flat"
        ? schemaIn(outer, param)
        : schemaIn(objectOf(outer.json_schema, `${param}.json_schema`), `${param}.json_schema`);
    default: {
      const message = `${param}.type must be text, json_object or json_schema, not ${JSON.stringify(outer.type)}`;
      throw new BadRequest(message, { param: `${param}.type` });
    }
  }
}

function schemaIn({ name, schema, strict, ...rest }: Record<string, unknown>, at: string): AnswerFormat {
  if (typeof name !== "string" || !nameForm.test(name)) {
    throw new BadRequest(`${at}.name must be 1 to 64 letters, digits, _ or -`, { param: `${at}.name` });
  }
  if (!isObject(schema)) {
    const message = `${at}.schema must be a JSON Schema of the answer, such as {"type":"object","properties":{}}`;
    throw new BadRequest(message, { param: `${at}.schema` });
  }
  const description = optionalText(rest.description, `${at}.description`);
  return {
    name,
    schema,
    ...(description === null ? {} : { description }),
    ...(strict === undefined || strict === null ? {} : { strict: flag(strict, `${at}.strict`) }),
  };
}
