import { expect, test } from "bun:test";
import { lineAndColumn, parseTree, SyntaxProblem, type TreeNode, toValue } from "./json5-tree.ts";

const parse = (text: string): TreeNode => parseTree({ name: "moltbot.json", text });

function placeOfMistake(text: string) {
  try {
    parse(text);
  } catch (error) {
    if (error instanceof SyntaxProblem) return { ...lineAndColumn(error.place), message: error.message };
  }
  return undefined;
}

const samples = [
  `{"a": [1, 2.5, -3e2, true, false, null, "x"], "b": {"c": {}}}`,
  `{a: 'single \\'quoted\\'', "b": "double \\"quoted\\"", c: [1, 2,],}`,
  `// a comment\n{ /* another */ a: .5, b: +1, c: 0x1F, d: Infinity, e: -Infinity } // the end`,
  `{'multi \\\nline': 'one \\\r\ntwo', ünï: 1, $d_1: 2, \\u0061b: 3}`,
  `\uFEFF{ a: "// no comment", b: '/* nor this */', c: "}" }`,
  `[[], {}, [[[]]]]`,
  `"only text"`,
  `{a: 1, a: 2}`,
];

test.each(samples)("the tree of %p has the value that Bun's own parser reads", (text) => {
  expect(toValue(parse(text))).toEqual(Bun.JSON5.parse(text));
});

test("every node knows its line and column, also after Windows line ends", () => {
  const root = parse('{\r\n  gateway: {\r\n    port: "x",\r\n  },\r\n}');
  const gateway = root.kind === "object" ? root.entries.get("gateway") : undefined;
  const port = gateway?.node.kind === "object" ? gateway.node.entries.get("port") : undefined;
  expect(gateway && lineAndColumn(gateway.keyAt)).toEqual({ line: 2, column: 3 });
  expect(port && lineAndColumn(port.node.at)).toEqual({ line: 3, column: 11 });
});

test("a mistake is reported with the line and column of the character that is wrong", () => {
  expect(placeOfMistake("{\n  a: 1\n  b: 2\n}")).toEqual({
    line: 3,
    column: 3,
    message: "invalid character 'b'",
  });
  expect(placeOfMistake("{a: 1")).toMatchObject({ line: 1, column: 6 });
  expect(placeOfMistake("{\r\n a: ]}")).toMatchObject({ line: 2, column: 5 });
});

test("nesting beyond 64 levels is a mistake, not an overflow", () => {
  expect(placeOfMistake("[".repeat(60) + "]".repeat(60))).toBeUndefined();
  expect(placeOfMistake("[".repeat(200) + "]".repeat(200))?.message).toBe("nested deeper than 64 levels");
});

test("a __proto__ key is an ordinary property and changes no prototype", () => {
  const value = toValue(parse('{__proto__: {polluted: true}, a: {"__proto__": 1}}')) as Record<
    string,
    unknown
  >;
  expect(Object.getPrototypeOf(value)).toBe(Object.prototype);
  expect(Object.hasOwn(value, "__proto__")).toBe(true);
  expect((value as { polluted?: boolean }).polluted).toBeUndefined();
});

test("of equal keys the last counts and the others are remembered", () => {
  const root = parse("{a: 1, b: 2, a: 3}");
  expect(toValue(root)).toEqual({ a: 3, b: 2 });
  expect(root.kind === "object" && root.shadowed?.map(([key, { node }]) => [key, toValue(node)])).toEqual([
    ["a", 1],
  ]);
});
