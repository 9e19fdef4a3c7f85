import { fileURLToPath } from "node:url";
import type { BunPlugin } from "bun";

/** Modules whose exports are data that TypeBox computes; in the executable the result stands in their place. */
const frozen = ["../declarations.ts", "../../src/config/schema.ts"].map((path) =>
  fileURLToPath(new URL(path, import.meta.url)),
);

/**
 * A declaration's schemas are left empty: validators are generated from them, and nothing else reads them. That
 * there is one at all still counts: a method that declares `accepted` answers twice.
 */
const schemasOf = new Set(["params", "result", "payload", "accepted"]);

/** Keeps TypeBox out of the executable: 15 MB of memory and 10 ms of start that would buy nothing. */
export function frozenPlugin(): BunPlugin {
  return {
    name: "frozen-data",
    setup(build) {
      build.onLoad({ filter: /[\\/](declarations|schema)\.ts$/ }, async ({ path }) => {
        if (!frozen.includes(path)) return undefined;
        return { contents: asData((await import(path)) as Record<string, unknown>), loader: "js" };
      });
    },
  };
}

function asData(exports: Record<string, unknown>): string {
  const isContract = "methods" in exports;
  return Object.entries(exports)
    .map(([name, value]) => {
      const text = JSON.stringify(value, (key, member: unknown) =>
        isContract && schemasOf.has(key) && typeof member === "object" ? {} : member,
      );
      if (text === undefined) throw new Error(`export ${name} is no data; it cannot be frozen`);
      return `export const ${name} = ${text};`;
    })
    .join("\n");
}
