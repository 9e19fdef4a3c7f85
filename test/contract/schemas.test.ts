import { describe, expect, test } from "bun:test";
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { Ajv } from "ajv";
import { events, methods } from "#protocol";
import { catalogue, contract } from "#protocol/codegen/contract.ts";
import { jsonSchema } from "#protocol/codegen/json-schema.ts";
import { generated, stale } from "#protocol/generate.ts";
import { checkedSchemas, schemaCheck } from "#src/lib/schema-check.ts";

const domainFolder = fileURLToPath(new URL("../../protocol/domains/", import.meta.url));

describe("every schema", () => {
  for (const key of checkedSchemas().keys()) {
    test(`compiles: ${key}`, () => {
      // AJV's strict mode refuses misspelt keywords and rules that cannot matter.
      expect(schemaCheck(key)).toBeFunction();
    });
  }

  test("is checked: params, result and payload of everything that is declared", () => {
    const keys = new Set(checkedSchemas().keys());
    for (const name of Object.keys(methods)) {
      expect(keys).toContain(`params ${name}` as never);
      expect(keys).toContain(`result ${name}` as never);
    }
    for (const name of Object.keys(events)) expect(keys).toContain(`event ${name}` as never);
  });

  test("with a name has it alone, among all that the domains export", async () => {
    const bodies = new Map<string, string>();
    const { definitions } = catalogue(contract);
    for (const file of await readdir(domainFolder)) {
      const exported: Record<string, unknown> = await import(join(domainFolder, file));
      for (const value of Object.values(exported)) {
        const name = (value as { $id?: unknown } | null)?.$id;
        if (typeof name !== "string") continue;
        const body = JSON.stringify(value);
        expect(bodies.get(name) ?? body).toBe(body);
        bodies.set(name, body);
        // What is exported and reachable from no method, event or frame is dead.
        expect(definitions.has(name)).toBe(true);
      }
    }
    expect(bodies.size).toBeGreaterThan(20);
  });
});

describe("methods and events", () => {
  test("are one list: no name occurs in two domains", () => {
    const names = Object.values(contract.domains).flatMap((domain) => Object.keys(domain));
    expect(names.length).toBe(new Set(names).size);
    expect(new Set(names)).toEqual(new Set(["connect", ...Object.keys(methods)]));
  });

  test("that drop unknown keys have no alternatives in their params, where dropping would depend on the order", () => {
    for (const { declaration, params } of catalogue(contract).methods) {
      if (!declaration.tolerant) continue;
      const arms = JSON.stringify(catalogue(contract).definitions.get(params)?.schema).match(
        /"anyOf":\[.*?\]/g,
      );
      for (const text of arms ?? []) expect(text.match(/"properties"|\$ref/g) ?? []).toEqual([]);
    }
  });
});

describe("the JSON Schema", () => {
  const document = jsonSchema(contract);

  test("is draft-07 without dangling references, and describes a frame", () => {
    const validate = new Ajv({ strict: false }).compile(document);
    expect(validate({ type: "req", id: "1", method: "health" })).toBe(true);
    expect(validate({ type: "req", id: "1", method: "health", extra: 1 })).toBe(false);
    expect(validate({ type: "shout" })).toBe(false);
    const definitions = document.definitions as Record<string, unknown>;
    const references = JSON.stringify(document).matchAll(/"\$ref":"#\/definitions\/([^"]+)"/g);
    for (const [, name] of references) expect(definitions).toHaveProperty(name ?? "");
  });

  test("names every method's parts after the method", () => {
    const definitions = document.definitions as Record<string, unknown>;
    for (const name of ["ChatSendParams", "ChatSendResult", "AgentAccepted", "SystemPresenceResult"]) {
      expect(definitions).toHaveProperty(name);
    }
    expect(definitions.ConnectResult).toEqual({ $ref: "#/definitions/HelloOk" });
  });
});

describe("the generated files", () => {
  test("are what the contract says", async () => {
    expect(await stale()).toEqual([]);
  });

  test("come out the same each time", () => {
    for (const make of generated().values()) expect(make()).toBe(make());
  });

  test("are named when they are stale or missing", async () => {
    const folder = await mkdtemp(join(tmpdir(), "moltbot-generated-"));
    try {
      expect(await stale(`${folder}/`)).toEqual([...generated().keys()]);
      for (const [path, make] of generated()) {
        await mkdir(dirname(join(folder, path)), { recursive: true });
        await writeFile(join(folder, path), path.endsWith(".md") ? `${make()}edited by hand\n` : make());
      }
      expect(await stale(`${folder}/`)).toEqual(["protocol/REFERENCE.md"]);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });

  test("have only links that lead somewhere", async () => {
    const page = await readFile(new URL("../../protocol/REFERENCE.md", import.meta.url), "utf8");
    const headings = new Set(
      [...page.matchAll(/^#+ (.*)$/gm)].map(([, text]) => (text ?? "").toLowerCase().replaceAll(" ", "-")),
    );
    const links = [...page.matchAll(/\]\(#([^)]+)\)/g)].map(([, anchor]) => anchor ?? "");
    expect(links.length).toBeGreaterThan(50);
    expect(links.filter((anchor) => !headings.has(anchor))).toEqual([]);
  });
});
