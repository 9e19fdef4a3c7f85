import { expect, test } from "bun:test";
import { editText, renameKey } from "./edit-text.ts";
import { parseTree, toValue } from "./json5-tree.ts";
import { differences, mergePatch } from "./value-change.ts";

const file = `// my gateway
{
  // where models are asked
  models: {
    providers: {
      local: { baseUrl: 'http://127.0.0.1:11434/v1', apiKey: "\${KEY}" }, // at home
    },
  },
  agents: { defaults: { model: 'local/llama' } } // one for all
}
`;

test("a value is changed where it stands, and nothing else is", () => {
  const edited = editText(file, [{ path: ["agents", "defaults", "model"], value: "local/qwen" }]);
  expect(edited).toBe(file.replace("'local/llama'", '"local/qwen"'));
});

test("a new key goes behind the last one, in the file's way of writing, and comments stay with what they are about", () => {
  expect(editText(file, [{ path: ["logging", "level"], value: "debug" }])).toBe(
    file
      .replace("// one for all\n}", '// one for all\n  logging: {\n    "level": "debug"\n  }\n}')
      .replace("} } // one", "} }, // one"),
  );
  expect(editText(file, [{ path: ["models", "providers", "big"], value: { baseUrl: "http://b/v1" } }])).toBe(
    file.replace("// at home\n", '// at home\n      big: {\n        "baseUrl": "http://b/v1"\n      },\n'),
  );
});

test("a key is removed with its line and its comma; comments are never lost", () => {
  expect(editText(file, [{ path: ["agents"], value: undefined }])).toBe(
    file
      .replace("agents: { defaults: { model: 'local/llama' } } // one for all", "// one for all")
      .replace("    },\n  },\n", "    },\n  }\n"),
  );
  expect(editText(file, [{ path: ["models", "providers", "local", "apiKey"], value: undefined }])).toBe(
    file.replace(/, apiKey: "[^"]*"/, ""),
  );
  expect(editText('{ "a": 1, "b": 2, "c": 3 }', [{ path: ["b"], value: undefined }])).toBe(
    '{ "a": 1, "c": 3 }',
  );
  expect(editText('{ "a": 1, }', [{ path: ["a"], value: undefined }])).toBe("{ }");
});

test("lists take items at the end and give them up anywhere", () => {
  const list = '{\n  "list": [\n    { "id": "a" }, // first\n    { "id": "b" }\n  ]\n}\n';
  expect(editText(list, [{ path: ["list", 2], value: { id: "c" } }])).toBe(
    list.replace('{ "id": "b" }', '{ "id": "b" },\n    {\n      "id": "c"\n    }'),
  );
  expect(editText(list, [{ path: ["list", 0], value: undefined }])).toBe(
    list.replace('{ "id": "a" }, // first', "// first"),
  );
});

test("an equal key further up does not come into force when the last one goes", () => {
  expect(editText('{ "a": 1, "b": 2, "a": 3 }', [{ path: ["a"], value: undefined }])).toBe('{ "b": 2 }');
  expect(editText('{ "a": 1, "a": 3 }', [{ path: ["a"], value: 4 }])).toBe('{ "a": 1, "a": 4 }');
});

test("an empty file, tabs and Windows line ends keep their form", () => {
  expect(editText("{}\n", [{ path: ["a", "b"], value: [1] }])).toBe(
    '{\n  "a": {\n    "b": [\n      1\n    ]\n  }\n}\n',
  );
  expect(editText("{\r\n\t// c\r\n}", [{ path: ["a"], value: { b: 1 } }])).toBe(
    '{\r\n\t// c\r\n  "a": {\r\n    "b": 1\r\n  }\r\n}',
  );
  expect(editText('{\n\t"x": {}\n}', [{ path: ["a"], value: { b: 1 } }])).toBe(
    '{\n\t"x": {},\n\t"a": {\n\t\t"b": 1\n\t}\n}',
  );
});

test("whatever is changed into whatever, the text says the new value and keeps its comments", () => {
  const random = generator(20_240_117);
  for (let round = 0; round < 400; round++) {
    const from = randomObject(random, 3);
    const to = random() < 0.5 ? randomObject(random, 3) : mergePatch(from, randomObject(random, 2));
    const text = written(from, random, 0);
    const edited = editText(text, differences(from, to));
    expect(toValue(parseTree({ name: "t", text: edited }))).toEqual(to);
    if (Object.keys(from).every((key) => Object.hasOwn(to as object, key))) {
      expect(edited).toContain("/* head */");
    }
  }
});

function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1_664_525 + 1_013_904_223) % 4_294_967_296;
    return state / 4_294_967_296;
  };
}

function randomValue(random: () => number, depth: number): unknown {
  const kind = Math.floor(random() * (depth > 0 ? 6 : 4));
  if (kind === 0) return Math.floor(random() * 100);
  if (kind === 1) return ["", "x y", 'a"b', "// no comment", "\u2028 , }"][Math.floor(random() * 5)];
  if (kind === 2) return random() < 0.5;
  if (kind === 3) return null;
  if (kind === 4) {
    return Array.from({ length: Math.floor(random() * 4) }, () => randomValue(random, depth - 1));
  }
  return randomObject(random, depth - 1);
}

function randomObject(random: () => number, depth: number): Record<string, unknown> {
  const keys = ["a", "b", "c.d", "e f", "g"].filter(() => random() < 0.5);
  return Object.fromEntries(keys.map((key) => [key, randomValue(random, depth)]));
}

/** The value as somebody might have written it, with comments and commas wherever they may be. */
function written(value: unknown, random: () => number, depth: number): string {
  const gap = () => ["", " ", "\n", "\n  // note, }\n", " /* {, */ ", "\r\n\t"][Math.floor(random() * 6)];
  const head = depth === 0 ? "/* head */" : "";
  if (Array.isArray(value)) {
    const items = value.map((item) => gap() + written(item, random, depth + 1) + gap());
    return `[${items.join(",")}${items.length > 0 && random() < 0.3 ? "," : ""}${gap()}]`;
  }
  if (typeof value === "object" && value !== null) {
    const members = Object.entries(value).map(([key, item]) => {
      const name = /^\w+$/.test(key) && random() < 0.5 ? key : `'${key}'`;
      return `${gap()}${name}${gap()}:${gap()}${written(item, random, depth + 1)}${gap()}`;
    });
    const comma = members.length > 0 && random() < 0.3 ? "," : "";
    return `${head}{${members.join(",")}${comma}${gap()}}`;
  }
  return JSON.stringify(value);
}

test("a key is renamed in its place, and its section keeps its comments and its way of writing", () => {
  expect(renameKey(file, ["models"], "model")).toBe(file.replace("models: {", "model: {"));
  expect(renameKey(file, ["models", "providers", "local", "apiKey"], "api-key")).toBe(
    file.replace("apiKey: ", '"api-key": '),
  );
  const quoted = `{ 'loging' /* how much */ : {\n // all\n level: "debug", }, "x\\"y": 1 }`;
  expect(renameKey(quoted, ["loging"], "logging")).toBe(quoted.replace("loging", "logging"));
  expect(renameKey(quoted, ['x"y'], "z")).toBe(quoted.replace('x\\"y', "z"));
  // Of equal keys the last one counts, before and after.
  expect(renameKey("{ a: 1, a: 2 }", ["a"], "b")).toBe("{ b: 1, b: 2 }");
  expect(renameKey("{ a: { x: 1 }, c: [{ o: 1 }] }", ["c", 0, "o"], "on")).toBe(
    "{ a: { x: 1 }, c: [{ on: 1 }] }",
  );
  expect(() => renameKey("{ a: 1 }", ["b"], "c")).toThrow("the key b cannot be renamed to c");
  expect(() => renameKey("{ a: 1 }", ["a"], "a")).toThrow();
  expect(() => renameKey("{ a: 1, b: 2 }", ["a"], "b")).toThrow();
  expect(() => renameKey("{ a: 1 }", [], "c")).toThrow();
});
