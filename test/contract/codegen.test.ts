import { describe, expect, test } from "bun:test";
import { type TSchema, Type } from "@sinclair/typebox";
import { type Contract, catalogue, contract, pascal } from "#protocol/codegen/contract.ts";
import { swiftModels } from "#protocol/codegen/swift.ts";
import { camel, words } from "#protocol/codegen/swift-words.ts";
import { discriminated, model, nullable, strict, words as wordList } from "#protocol/primitives.ts";

/** The contract with one more method, whose result is `schema`. */
function answering(schema: TSchema): Contract {
  const declaration = {
    summary: "A trial.",
    access: "connected",
    since: 3,
    params: strict({}),
    result: schema,
    repeat: "again",
  } as const;
  return { ...contract, domains: { ...contract.domains, trial: { "trial.run": declaration } } };
}

describe("names", () => {
  test("follow from methods and events", () => {
    expect(["chat.send", "system-event", "agent.identity.get", "HelloOk"].map(pascal)).toEqual([
      "ChatSend",
      "SystemEvent",
      "AgentIdentityGet",
      "HelloOk",
    ]);
  });

  test("are camel case in Swift", () => {
    expect(
      ["per-sender", "rate_limit", "INVALID_REQUEST", "toolResult", "2fa", "chat.send"].map(camel),
    ).toEqual(["perSender", "rateLimit", "invalidRequest", "toolResult", "_2fa", "chatSend"]);
  });

  test("of two different schemas cannot be the same, or one of them would be lost", () => {
    const impostor = model("StateVersion", { something: Type.String() });
    expect(() => catalogue(answering(impostor))).toThrow("two different schemas are called StateVersion");
  });

  test("of one schema in two places are one definition", () => {
    const twin = model("Twin", { a: Type.String() });
    const { definitions } = catalogue(answering(strict({ left: twin, right: Type.Optional(twin) })));
    expect(definitions.get("Twin")?.schema).toMatchObject({ properties: { a: { type: "string" } } });
  });

  test("of fields may be keywords of JSON Schema", () => {
    const { definitions } = catalogue(answering(strict({ $id: Type.String(), properties: Type.String() })));
    expect(definitions.get("TrialRunResult")?.schema.properties).toEqual({
      $id: { type: "string" },
      properties: { type: "string" },
    });
  });
});

describe("Swift", () => {
  test("keywords are escaped", () => {
    const swift = swiftModels(answering(strict({ default: Type.String(), in: wordList("case", "self") })));
    expect(swift).toContain("    public var `default`: String\n");
    expect(swift).toContain("    public var `in`: TrialRunResultIn\n");
    expect(swift).toContain("    case `case`\n    case `self`\n");
  });

  test("a field may be absent, null, or both, and each is kept", () => {
    const swift = swiftModels(
      answering(
        strict({
          absent: Type.Optional(Type.String()),
          none: nullable(Type.String()),
          either: Type.Optional(nullable(Type.String())),
          open: Type.Optional(Type.Unknown()),
        }),
      ),
    );
    for (const line of [
      "public var absent: String?",
      "public var none: String?",
      "public var either: Nullable<String>?",
      "public var open: JSONValue?",
      "self.absent = try container.decodeIfPresent(String.self, forKey: .absent)",
      "self.none = try container.decode(String?.self, forKey: .none)",
      "self.either = try container.decodeWhenPresent(Nullable<String>.self, forKey: .either)",
      "self.open = try container.decodeWhenPresent(JSONValue.self, forKey: .open)",
      "try container.encode(self.none, forKey: .none)",
      "try container.encodeIfPresent(self.either, forKey: .either)",
    ]) {
      expect(swift.replaceAll("`", "")).toContain(line);
    }
  });

  test("a word list that has a word `unknown` still keeps the words that it does not know", () => {
    expect(words("Kind", ["direct", "unknown"], "")).toContain("    case unrecognized(String)\n");
  });

  test("two words with one Swift name are an error", () => {
    expect(() => words("Kind", ["on-miss", "on_miss"], "")).toThrow('two names become "onMiss" in Swift');
  });

  test("a schema that has no Swift type is an error, not an open value", () => {
    const tuple = strict({ pair: Type.Union([Type.String(), Type.Number()]) });
    expect(() => swiftModels(answering(tuple))).toThrow("TrialRunResultPair: no Swift type");
  });

  test("a union whose arms have no names is an error", () => {
    const arm = strict({ kind: Type.Literal("a") });
    expect(() => swiftModels(answering(discriminated("Trial", "kind", [arm])))).toThrow(
      'Trial: every arm is a named model with a constant "kind"',
    );
  });

  test("a schema with the name of a Swift type is an error", () => {
    expect(() => swiftModels(answering(model("Error", { a: Type.String() })))).toThrow(
      "Swift already has a type Error",
    );
  });
});
