import { type Contract, catalogue, type Definition, pascal, referredBy, type Schema } from "./contract.ts";
import { camel, doc, escaped, unique, words } from "./swift-words.ts";

/** `GatewayModels.swift`: a struct or enum for every schema of the contract. */
export function swiftModels(contract: Contract): string {
  const { definitions, methods, events } = catalogue(contract);
  const printer = createPrinter(definitions);
  for (const definition of definitions.values()) printer.define(definition);
  const names = methods.map((method) => method.name);
  return `${[
    `// Generated from protocol/ by "bun run protocol:gen:swift"; edit the contract, not this file.`,
    `/// The protocol generation that these models describe.
public let GATEWAY_PROTOCOL_VERSION = ${contract.version}

/// The oldest generation that the gateway still serves.
public let GATEWAY_MIN_PROTOCOL_VERSION = ${contract.minVersion}`,
    errorCode(contract),
    words("GatewayMethod", names, "The methods that the gateway answers."),
    words(
      "GatewayEventName",
      events.map((event) => event.name),
      "The events that the gateway sends.",
    ),
    ...printer.printed(),
  ].join("\n\n")}\n`;
}

function errorCode(contract: Contract): string {
  const codes = Object.entries(contract.errors);
  const retryable = codes.filter(([, code]) => code.retryable).map(([name]) => `.${camel(name)}`);
  const meanings = Object.fromEntries(codes.map(([name, { means }]) => [name, means]));
  return `${words("ErrorCode", Object.keys(contract.errors), "Why a request was refused.", meanings)}

extension ErrorCode {
    /// Whether the same request may work later without a change.
    public var isRetryable: Bool {
        switch self {
        case ${retryable.join(", ")}: true
        default: false
        }
    }
}

extension ErrorShape {
    /// The code as one of the contract's words.
    public var errorCode: ErrorCode { ErrorCode(rawValue: code) }
}`;
}

interface Field {
  key: string;
  name: string;
  type: string;
  /**
   * How it travels: `fixed` always with the same value, `plain` as Swift codes it, `null` always and perhaps as
   * null, `kept` perhaps left out and perhaps null.
   */
  travels: "fixed" | "plain" | "null" | "kept";
  optional: boolean;
  /** The literal of a fixed field. */
  literal: string;
  comment: string;
}

function createPrinter(definitions: Map<string, Definition>) {
  const taken = new Set<string>(["JSONValue", "Nullable", "ErrorCode", "GatewayMethod", "GatewayEventName"]);
  for (const name of standardTypes) taken.add(name);
  for (const name of definitions.keys()) claim(name);
  const output: string[] = [];

  function claim(name: string): void {
    if (taken.has(name)) throw new Error(`Swift already has a type ${name}; give the schema another name`);
    taken.add(name);
  }

  function define({ name, schema, uses }: Definition): void {
    const about = uses.length === 0 ? "" : `${capital(uses.join(", "))}.`;
    const alias = referredBy(schema);
    if (alias) output.push(`${doc(about)}public typealias ${name} = ${alias}`);
    else if (Array.isArray(schema.oneOf)) output.push(union(name, schema, about));
    else if (isWords(schema)) output.push(words(name, schema.enum, about));
    else if (schema.properties) struct(name, schema, about);
    else {
      const inner = withoutNull(schema);
      const type = `${typeOf(inner ?? schema, name)}${inner ? "?" : ""}`;
      output.push(`${doc(about)}public typealias ${name} = ${type}`);
    }
  }

  /** The Swift type of a schema; what has no name yet is printed as `suggested`. */
  function typeOf(schema: Schema, suggested: string): string {
    const named = referredBy(schema);
    if (named) {
      if (!definitions.has(named)) throw new Error(`${suggested} refers to ${named}, which is not defined`);
      return named;
    }
    if (isWords(schema)) {
      claim(suggested);
      output.push(words(suggested, schema.enum, ""));
      return suggested;
    }
    switch (schema.type) {
      case "string":
        return "String";
      case "integer":
        return "Int";
      case "number":
        return "Double";
      case "boolean":
        return "Bool";
      case "array":
        return `[${typeOf((schema.items ?? {}) as Schema, `${suggested}Item`)}]`;
      case "object":
        if (schema.properties) {
          claim(suggested);
          struct(suggested, schema, "");
          return suggested;
        }
        return `[String: ${typeOf(openValues(schema), `${suggested}Value`)}]`;
    }
    const says = Object.keys(schema).filter((key) => key !== "description");
    if (says.length === 0) return "JSONValue";
    throw new Error(`${suggested}: no Swift type for a schema with ${says.join(", ")}`);
  }

  function fieldOf(owner: string, key: string, schema: Schema, required: boolean): Field {
    const name = escaped(camel(key));
    const comment = typeof schema.description === "string" ? schema.description : "";
    if ("const" in schema) {
      const literal = JSON.stringify(schema.const);
      const type = typeof schema.const === "boolean" ? "Bool" : "String";
      if (!required) throw new Error(`${owner}.${key}: an optional constant has no use in Swift`);
      return { key, name, type, travels: "fixed", optional: false, literal, comment };
    }
    const inner = withoutNull(schema);
    const type = typeOf(inner ?? schema, `${owner}${pascal(key)}`);
    const field = { key, name, literal: "", comment };
    if (inner && required) return { ...field, type: `${type}?`, travels: "null", optional: false };
    if (inner) return { ...field, type: `Nullable<${type}>?`, travels: "kept", optional: true };
    // An open value may be null itself.
    if (type === "JSONValue" && !required)
      return { ...field, type: `${type}?`, travels: "kept", optional: true };
    return { ...field, type: required ? type : `${type}?`, travels: "plain", optional: !required };
  }

  function struct(name: string, schema: Schema, about: string): void {
    const required = new Set((schema.required as string[] | undefined) ?? []);
    const properties = Object.entries(schema.properties as Record<string, Schema>);
    const place = output.push("") - 1;
    const fields = properties.map(([key, inner]) => fieldOf(name, key, inner, required.has(key)));
    unique(
      name,
      fields.map((field) => field.name),
    );
    output[place] = printStruct(name, fields, about);
  }

  function union(name: string, schema: Schema, about: string): string {
    const tag = (schema.discriminator as { propertyName?: string } | undefined)?.propertyName;
    if (!tag) throw new Error(`${name}: a union needs a discriminator`);
    const arms = (schema.oneOf as Schema[]).map((arm) => {
      const type = referredBy(arm);
      const properties = type ? definitions.get(type)?.schema.properties : undefined;
      const word = (properties as Record<string, Schema> | undefined)?.[tag]?.const;
      if (!type || typeof word !== "string") {
        throw new Error(`${name}: every arm is a named model with a constant "${tag}"`);
      }
      return { type, word, name: escaped(camel(word)) };
    });
    const rest = arms.some((arm) => arm.name === "unknown") ? "unrecognized" : "unknown";
    unique(
      name,
      arms.map((arm) => arm.name),
    );
    return `${doc(about || `Told apart by \`${tag}\`; one that this build does not know is kept as it came.`)}public enum ${name}: Codable, Sendable, Equatable {
${arms.map((arm) => `    case ${arm.name}(${arm.type})`).join("\n")}
    case ${rest}(JSONValue)

    private enum CodingKeys: String, CodingKey {
        case tag = ${JSON.stringify(tag)}
    }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        switch try? container.decode(String.self, forKey: .tag) {
${arms.map((arm) => `        case ${JSON.stringify(arm.word)}: self = .${arm.name}(try ${arm.type}(from: decoder))`).join("\n")}
        default: self = .${rest}(try JSONValue(from: decoder))
        }
    }

    public func encode(to encoder: any Encoder) throws {
        switch self {
${[...arms.map((arm) => arm.name), rest].map((arm) => `        case .${arm}(let value): try value.encode(to: encoder)`).join("\n")}
        }
    }
}`;
  }

  return { define, printed: () => output };
}

function printStruct(name: string, fields: Field[], about: string): string {
  const given = fields.filter((field) => field.travels !== "fixed");
  const byHand = fields.some((field) => field.travels !== "plain");
  const renamed = fields.some((field) => field.name.replaceAll("`", "") !== field.key);
  const parts: string[] = [];
  if (fields.length > 0) {
    parts.push(
      fields
        .map((field) => {
          const comment = field.comment ? `    /// ${field.comment}\n` : "";
          return field.travels === "fixed"
            ? `${comment}    public let ${field.name}: ${field.type} = ${field.literal}`
            : `${comment}    public var ${field.name}: ${field.type}`;
        })
        .join("\n"),
    );
  }
  parts.push(initializer(given));
  if (byHand || renamed) {
    parts.push(`    private enum CodingKeys: String, CodingKey {
${fields.map((field) => `        case ${field.name}${field.name.replaceAll("`", "") === field.key ? "" : ` = ${JSON.stringify(field.key)}`}`).join("\n")}
    }`);
  }
  if (byHand) parts.push(decoder(fields), encoder(fields));
  return `${doc(about)}public struct ${name}: Codable, Sendable, Equatable {\n${parts.join("\n\n")}\n}`;
}

function initializer(fields: Field[]): string {
  if (fields.length === 0) return "    public init() {}";
  const parameters = fields.map(
    (field) => `        ${field.name}: ${field.type}${field.optional ? " = nil" : ""}`,
  );
  const assignments = fields.map((field) => `        self.${field.name} = ${field.name}`);
  return `    public init(\n${parameters.join(",\n")}\n    ) {\n${assignments.join("\n")}\n    }`;
}

function decoder(fields: Field[]): string {
  const lines = fields.map((field) => {
    const bare = field.type.replace(/\?$/, "");
    if (field.travels === "fixed") return `try container.expect(${field.literal}, forKey: .${field.name})`;
    const read =
      field.travels === "kept"
        ? `decodeWhenPresent(${bare}.self`
        : field.travels === "null"
          ? `decode(${field.type}.self`
          : field.optional
            ? `decodeIfPresent(${bare}.self`
            : `decode(${field.type}.self`;
    return `self.${field.name} = try container.${read}, forKey: .${field.name})`;
  });
  return `    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
${lines.map((line) => `        ${line}`).join("\n")}
    }`;
}

function encoder(fields: Field[]): string {
  const lines = fields.map(
    (field) =>
      `try container.${field.optional ? "encodeIfPresent" : "encode"}(self.${field.name}, forKey: .${field.name})`,
  );
  return `    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
${lines.map((line) => `        ${line}`).join("\n")}
    }`;
}

/** Type names that the generated code itself uses. */
const standardTypes = ["String", "Int", "Double", "Bool", "Decoder", "Encoder", "Codable", "Sendable"]
  .concat(["Equatable", "Hashable", "CodingKey", "RawRepresentable", "Optional", "Array", "Dictionary"])
  .concat(["Any", "Error", "Result", "Never", "Void", "Self", "Type", "Protocol"]);

function isWords(schema: Schema): schema is { enum: string[] } {
  if (!Array.isArray(schema.enum)) return false;
  return schema.enum.every((word) => typeof word === "string");
}

/** The schema without "or null", or null where it does not say that. */
function withoutNull(schema: Schema): Schema | null {
  if (!Array.isArray(schema.anyOf)) return null;
  const [value, none, ...more] = schema.anyOf as Schema[];
  return value && none?.type === "null" && more.length === 0 ? value : null;
}

function openValues(schema: Schema): Schema {
  const values = schema.additionalProperties;
  return typeof values === "object" && values !== null ? (values as Schema) : {};
}

function capital(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}
