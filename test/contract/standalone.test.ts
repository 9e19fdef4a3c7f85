import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { standaloneValidators, validatorsPlugin } from "#protocol/codegen/standalone.ts";
import { type Check, checkedSchemas, type SchemaKey, schemaCheck } from "#src/lib/schema-check.ts";
import { verdictOf } from "#src/lib/validators.ts";
import { seeded, spoiled, validSample } from "./samples.ts";

let folder = "";
let twin: { schemaCheck(key: SchemaKey): Check };

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "moltbot-standalone-"));
  const file = join(folder, "validators.mjs");
  await writeFile(file, standaloneValidators());
  twin = await import(file);
});

afterAll(() => rm(folder, { recursive: true, force: true }));

describe("the validators of the executable judge as those of the source", () => {
  for (const [key, { schema }] of checkedSchemas()) {
    test(key, () => {
      const random = seeded(key.length * 7919 + key.charCodeAt(key.length - 1));
      let refused = 0;
      for (let round = 0; round < 40; round += 1) {
        const valid = validSample(schema, random);
        expect(both(key, valid)).toBeNull();
        const verdict = both(key, spoiled(valid, random));
        if (verdict !== null) refused += 1;
      }
      expect(both(key, "not an object")).toBeString();
      // A generator of spoiled values that spoils nothing would prove nothing.
      expect(refused).toBeGreaterThan(5);
    });
  }
});

/** The verdict, after making sure that both sources give the same and leave the same value behind. */
function both(key: SchemaKey, value: unknown): string | null {
  const compiled = structuredClone(value);
  const standalone = structuredClone(value);
  const verdict = verdictOf(schemaCheck(key), compiled);
  expect(verdictOf(twin.schemaCheck(key), standalone)).toBe(verdict);
  expect(standalone).toEqual(compiled);
  return verdict;
}

test("a key that the contract does not have is an error in both sources", () => {
  for (const source of [schemaCheck, fromTwin]) {
    expect(() => source("params no.such" as SchemaKey)).toThrow(
      'the contract has no schema "params no.such"',
    );
    expect(() => source("toString" as SchemaKey)).toThrow('the contract has no schema "toString"');
  }
});

function fromTwin(key: SchemaKey): Check {
  return twin.schemaCheck(key);
}

test("a build with the plugin checks without AJV", async () => {
  const entry = join(folder, "entry.ts");
  const validators = fileURLToPath(new URL("../../src/lib/validators.ts", import.meta.url));
  await writeFile(
    entry,
    `import { checkParams } from ${JSON.stringify(validators)};
     console.log(checkParams("system.echo", { text: "" }), checkParams("system.echo", { text: "hi" }));`,
  );
  const built = await Bun.build({
    entrypoints: [entry],
    target: "bun",
    outdir: join(folder, "out"),
    metafile: true,
    plugins: [validatorsPlugin()],
  });
  const inputs = Object.keys(built.metafile?.inputs ?? {});
  expect(inputs.some((path) => path.endsWith("src/lib/validators.ts"))).toBe(true);
  expect(inputs.filter((path) => path.includes("node_modules/ajv"))).toEqual([]);
  const run = Bun.spawnSync([process.execPath, join(folder, "out", "entry.js")]);
  expect(run.stdout.toString()).toBe("at /text: must NOT have fewer than 1 characters null\n");
});
