import { referredBy, type Schema } from "./contract.ts";
import type { Exchange, Step } from "./examples.ts";

const WIDTH = 108;

/** A schema in words for a table cell; inner objects stay for `fieldTable`. */
export function typeText(schema: Schema): string {
  const named = referredBy(schema);
  if (named) return `[${named}](#${named.toLowerCase()})`;
  if ("const" in schema) return code(JSON.stringify(schema.const));
  if (Array.isArray(schema.enum)) return schema.enum.map((word) => code(JSON.stringify(word))).join(", ");
  const arms = (schema.oneOf ?? schema.anyOf) as Schema[] | undefined;
  if (arms) return arms.map(typeText).join(" or ");
  switch (schema.type) {
    case "array":
      return `list of ${typeText((schema.items ?? {}) as Schema)}`;
    case "object":
      if (schema.properties) return "object";
      return typeof schema.additionalProperties === "object" && schema.additionalProperties
        ? `map of ${typeText(schema.additionalProperties as Schema)}`
        : "object";
    case undefined:
      return "anything";
    default:
      return `${schema.type}${limits(schema)}`;
  }
}

/** The fields of an object, those of objects inside it with their path. */
export function fieldTable(schema: Schema): string {
  const rows = fieldRows(schema, "");
  if (rows.length === 0) return "No fields.";
  const open = schema.additionalProperties === true ? "\n\nOther keys are let through." : "";
  return `| field | type | |\n| --- | --- | --- |\n${rows.join("\n")}${open}`;
}

function fieldRows(schema: Schema, path: string): string[] {
  const required = new Set((schema.required as string[] | undefined) ?? []);
  return Object.entries(schema.properties as Record<string, Schema>).flatMap(([key, inner]) => {
    const place = `${path}${key}${required.has(key) ? "" : "?"}`;
    const about = typeof inner.description === "string" ? inner.description : "";
    const row = `| \`${place}\` | ${typeText(inner)} | ${about} |`;
    const items = inner.type === "array" ? (inner.items as Schema | undefined) : undefined;
    if (inner.properties) return [row, ...fieldRows(inner, `${path}${key}.`)];
    if (items?.properties) return [row, ...fieldRows(items, `${path}${key}[].`)];
    return [row];
  });
}

function limits({ minLength, maxLength, minimum, maximum }: Schema): string {
  const words: string[] = [];
  if (maxLength !== undefined) words.push(`${minLength ?? 0} to ${maxLength} characters`);
  else if (minLength === 1) words.push("not empty");
  if (maximum !== undefined) words.push(`${minimum ?? "at most"} to ${maximum}`);
  else if (minimum !== undefined) words.push(`≥ ${minimum}`);
  return words.length === 0 ? "" : `, ${words.join(", ")}`;
}

/** An exchange as a block: `→` is the client, `←` the gateway. */
export function conversation({ about, generation, steps }: Exchange): string {
  return `${about} (Generation ${generation}.)\n\n\`\`\`text\n${steps.map(line).join("\n")}\n\`\`\``;
}

function line(step: Step): string {
  if ("close" in step) return `← close ${step.code}${step.reason === "" ? "" : ` "${step.reason}"`}`;
  if ("text" in step) return `→ ${step.text}`;
  return `${step.from === "client" ? "→" : "←"} ${layout(step.frame, 0)}`;
}

/** JSON that stays on one line where it fits. */
export function layout(value: unknown, indent: number): string {
  const flat = inline(value);
  if (typeof value !== "object" || value === null || flat.length + indent <= WIDTH) return flat;
  const space = " ".repeat(indent + 2);
  const [open, shut] = Array.isArray(value) ? ["[", "]"] : ["{", "}"];
  if (Array.isArray(value) && value.every((item) => typeof item !== "object")) {
    return `${open}\n${filled(value.map(inline), space)}\n${" ".repeat(indent)}${shut}`;
  }
  const inner = Array.isArray(value)
    ? value.map((item) => `${space}${layout(item, indent + 2)}`)
    : Object.entries(value).map(
        ([key, item]) => `${space}${JSON.stringify(key)}: ${layout(item, indent + 2)}`,
      );
  return `${open}\n${inner.join(",\n")}\n${" ".repeat(indent)}${shut}`;
}

/** As many words to a line as fit. */
function filled(words: string[], space: string): string {
  const lines: string[] = [];
  for (const word of words) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + word.length + 3 <= WIDTH)
      lines[lines.length - 1] = `${last}, ${word}`;
    else lines.push(`${space}${word}`);
  }
  return lines.join(",\n");
}

function inline(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(inline).join(", ")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const members = Object.entries(value).map(([key, item]) => `${JSON.stringify(key)}: ${inline(item)}`);
  return members.length === 0 ? "{}" : `{ ${members.join(", ")} }`;
}

function code(text: string): string {
  return `\`${text}\``;
}
