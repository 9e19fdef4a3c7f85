import { mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { contract } from "./codegen/contract.ts";
import { goldenExchanges } from "./codegen/examples.ts";
import { jsonSchema } from "./codegen/json-schema.ts";
import { reference } from "./codegen/reference.ts";
import { swiftModels } from "./codegen/swift.ts";

const root = fileURLToPath(new URL("../", import.meta.url));
const swiftFile = "swift/Sources/MoltbotProtocol/GatewayModels.swift";

/** Every generated file by its path from the repository's root. */
export function generated(): Map<string, () => string> {
  return new Map([
    ["protocol/protocol.schema.json", () => `${JSON.stringify(jsonSchema(contract), null, 2)}\n`],
    ["protocol/REFERENCE.md", () => reference(contract, goldenExchanges())],
    [swiftFile, () => swiftModels(contract)],
  ]);
}

/** The files below `folder` that differ from what the contract says now. */
export async function stale(folder: string = root): Promise<string[]> {
  const found: string[] = [];
  for (const [path, make] of generated()) {
    const committed = await readFile(`${folder}${path}`, "utf8").catch(() => null);
    if (committed !== make()) found.push(path);
  }
  return found;
}

async function write(paths: string[]): Promise<void> {
  for (const [path, make] of generated()) {
    if (!paths.includes(path)) continue;
    await mkdir(dirname(`${root}${path}`), { recursive: true });
    await writeFile(`${root}${path}`, make());
    console.log(`wrote ${path}`);
  }
}

if (import.meta.main) {
  const options = process.argv.slice(2);
  const unknown = options.find((option) => option !== "--check" && option !== "--swift");
  if (unknown) {
    console.error(`unknown option ${unknown}; use --check, --swift or neither`);
    process.exit(2);
  }
  const wanted = options.includes("--swift") ? [swiftFile] : [...generated().keys()];
  if (!options.includes("--check")) {
    await write(wanted);
  } else {
    const old = (await stale()).filter((path) => wanted.includes(path));
    for (const path of old) console.error(`${path} is not what the contract says; run: bun run protocol:gen`);
    if (old.length > 0) process.exit(1);
    console.log(`${wanted.length} generated file${wanted.length === 1 ? " is" : "s are"} current`);
  }
}
