import { fileURLToPath } from "node:url";
import standaloneCode from "ajv/dist/standalone/index.js";
import type { BunPlugin } from "bun";
import { checkedSchemas, compilable, createCompiler } from "#src/lib/schema-check.ts";

/** The file whose place the standalone validators take in the executable. */
const replaced = fileURLToPath(new URL("../../src/lib/schema-check.ts", import.meta.url));

/**
 * The twin of `src/lib/schema-check.ts` without a compiler: every schema's code is there already, in a function
 * of its own, so that starting costs nothing and a check is set up when it is first asked for.
 */
export function standaloneValidators(): string {
  const makers: string[] = [];
  for (const [key, checked] of checkedSchemas()) {
    // A compiler per schema: the names that it gives to its functions depend on what it compiled before.
    const compiler = createCompiler(checked, { code: { source: true, lines: false } });
    const code = standaloneCode(compiler, compiler.compile(compilable(checked.schema)));
    if (/\brequire\(|\bimport\b/.test(code)) {
      throw new Error(`the validator of "${key}" needs a module at run time; use keywords that need none`);
    }
    makers.push(`  ${JSON.stringify(key)}() {\n${asFunctionBody(code)}\n  },`);
  }
  return `// Written by protocol/codegen/standalone.ts at build.
const makers = {
  __proto__: null,
${makers.join("\n")}
};
const made = new Map();
export function schemaCheck(key) {
  const known = made.get(key);
  if (known) return known;
  const make = makers[key];
  if (!make) throw new Error(\`the contract has no schema "\${key}"\`);
  const check = make();
  made.set(key, check);
  return check;
}
`;
}

/** Puts the standalone validators into a build. */
export function validatorsPlugin(): BunPlugin {
  return {
    name: "standalone-validators",
    setup(build) {
      build.onLoad({ filter: /[\\/]src[\\/]lib[\\/]schema-check\.ts$/ }, ({ path }) => {
        if (path !== replaced) return undefined;
        return { contents: standaloneValidators(), loader: "js" };
      });
    },
  };
}

/** AJV writes a CommonJS module that exports one function; here that function is returned. */
function asFunctionBody(code: string): string {
  const module = /^"use strict";module\.exports = (\w+);module\.exports\.default = \1;/.exec(code);
  if (!module?.[1]) throw new Error("AJV's standalone code has a new shape; adapt asFunctionBody");
  return `${code.slice(module[0].length)}\n    return ${module[1]};`;
}
