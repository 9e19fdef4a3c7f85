/** The config's schema as clients see it, with hints by which a form shows it. */
import type { TSchema } from "@sinclair/typebox";
import type { ConfigUiHint } from "#protocol/domains/config.ts";
import type { Path } from "./finding.ts";
import { isSecretPath } from "./redact.ts";
import { ConfigSchema } from "./schema.ts";
import { isObject } from "./value-change.ts";

/** JSON Schema, draft-07. */
export function configJsonSchema(): Record<string, unknown> {
  return {
    $schema: "http://json-schema.org/draft-07/schema#",
    title: "moltbot.json",
    ...(asWritten(ConfigSchema) as Record<string, unknown>),
  };
}

/** The schema of the file: the one that is checked by is of the filled config, which has every key with a default. */
function asWritten(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(asWritten);
  if (!isObject(schema)) return schema;
  const { properties, required, ...rest } = schema;
  const entries = Object.entries(rest).map(([key, value]): [string, unknown] => [
    key,
    key === "default" || key === "enum" ? value : asWritten(value),
  ]);
  if (!isObject(properties)) return Object.fromEntries(entries);
  const inner = Object.entries(properties).map(([key, value]): [string, unknown] => [key, asWritten(value)]);
  const needed = (Array.isArray(required) ? required : []).filter((key) => {
    const property = properties[String(key)];
    return !isObject(property) || property.default === undefined;
  });
  return {
    ...Object.fromEntries(entries),
    properties: Object.fromEntries(inner),
    ...(needed.length === 0 ? {} : { required: needed }),
  };
}

/** By path: list indices are left out, as forms ask for them, and `*` stands for any key. */
export function configUiHints(): Record<string, ConfigUiHint> {
  const hints: Record<string, ConfigUiHint> = {};
  Object.entries<TSchema>(ConfigSchema.properties).forEach(([section, schema], order) => {
    collect(schema, [section], hints);
    const hint = hints[section];
    if (hint !== undefined) hint.order = order;
  });
  return hints;
}

/** Whether nothing but a text can stand at a path, so that what looks like a number is none. */
export function takesOnlyText(path: Path): boolean {
  let schema: TSchema | undefined = ConfigSchema;
  for (const step of path) {
    const others: unknown = schema?.additionalProperties;
    const inner: TSchema | undefined = schema?.type === "array" ? schema.items : schema?.properties?.[step];
    schema = inner ?? (typeof others === "object" && others !== null ? (others as TSchema) : undefined);
  }
  return schema?.type === "string";
}

/** What other versions read, and this build only keeps. */
const unread = /read by other versions|older spelling/;

function collect(schema: TSchema, path: string[], hints: Record<string, ConfigUiHint>): void {
  const { description } = schema;
  const isLeaf = schema.type !== "object" && schema.type !== "array";
  hints[path.join(".")] = {
    label: labelOf(path.at(-1) ?? ""),
    ...(description === undefined ? {} : { help: sentence(description) }),
    ...(description !== undefined && unread.test(description) ? { advanced: true } : {}),
    ...(isLeaf && isSecretPath(path) ? { sensitive: true } : {}),
  };
  for (const [key, property] of Object.entries<TSchema>(schema.properties ?? {})) {
    collect(property, [...path, key], hints);
  }
  const others: unknown = schema.additionalProperties;
  if (typeof others === "object" && others !== null) collect(others as TSchema, [...path, "*"], hints);
  if (schema.type === "array") collectItems(schema.items as TSchema, path, hints);
  for (const option of (schema.anyOf ?? []) as TSchema[]) {
    for (const [key, property] of Object.entries<TSchema>(option.properties ?? {})) {
      collect(property, [...path, key], hints);
    }
  }
}

function collectItems(items: TSchema, path: string[], hints: Record<string, ConfigUiHint>): void {
  for (const [key, property] of Object.entries<TSchema>(items.properties ?? {})) {
    collect(property, [...path, key], hints);
  }
}

/** `handshakeTimeoutMs` becomes "Handshake timeout (ms)". */
function labelOf(key: string): string {
  if (key === "*") return "Entry";
  const words = key
    .replace(/([a-z0-9])([A-Z])/g, "$1 $2")
    .replace(/\b([A-Z][a-z])/g, (word) => word.toLowerCase())
    .split(" ");
  const last = words.at(-1) ?? "";
  if (words.length > 1 && /^(ms|Ms|mb|Mb)$/.test(last)) {
    words.splice(-1, 1, last.toLowerCase() === "ms" ? "(ms)" : "(MB)");
  }
  return sentence(words.join(" "));
}

function sentence(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
