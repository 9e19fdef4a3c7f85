import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { catalogue, contract } from "#protocol/codegen/contract.ts";
import { goldenExchanges } from "#protocol/codegen/examples.ts";
import { swiftModels } from "#protocol/codegen/swift.ts";

const repository = fileURLToPath(new URL("../../", import.meta.url));
const sources = join(repository, "swift/Sources/MoltbotProtocol");
const kit = process.env.MOLTBOT_SWIFT_KIT ?? join(repository, ".cache/swift-kit");
const present = existsSync(join(kit, "swift-typecheck"));
const required = process.env.MOLTBOT_TEST_REQUIRE_ALL === "1";
const howToGet = `no Swift compiler in ${kit}; get it with: sh swift/get-swift-kit.sh ${kit}`;

if (!present && !required) console.warn(`skipped: Swift tests, ${howToGet}`);

test.if(required)("the Swift compiler is there", () => {
  if (!present) throw new Error(howToGet);
});

describe.if(present)("Swift", () => {
  let folder = "";
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "moltbot-swift-"));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  test("the package type-checks in Swift 6 mode, warnings as errors", async () => {
    const result = await swift("swift-typecheck", await sourceFiles());
    expect(result).toEqual({ code: 0, output: "" });
  }, 60_000);

  test("the package's own tests type-check against it", async () => {
    const module = ["-module-name", "MoltbotProtocol", "-o", join(folder, "MoltbotProtocol.swiftmodule")];
    const emitted = await swift("swift-frontend", [
      "-emit-module",
      "-swift-version",
      "6",
      ...module,
      ...(await sourceFiles()),
    ]);
    expect(emitted).toEqual({ code: 0, output: "" });
    const tests = join(repository, "swift/Tests/MoltbotProtocolTests");
    const files = (await readdir(tests)).map((name) => join(tests, name));
    expect(files).not.toEqual([]);
    expect(await swift("swift-typecheck", ["-I", folder, ...files])).toEqual({ code: 0, output: "" });
  }, 60_000);

  test("a mistake in the models is noticed", async () => {
    const broken = join(folder, "GatewayModels.swift");
    await writeFile(
      broken,
      swiftModels(contract).replace("public var message: String\n", "public var message: Strin\n"),
    );
    const others = (await sourceFiles()).filter((path) => !path.endsWith("GatewayModels.swift"));
    const result = await swift("swift-typecheck", [...others, broken]);
    expect(result.code).not.toBe(0);
    expect(result.output).toContain("Strin");
  }, 60_000);

  test("every golden frame and what it carries comes back the same, field for field", async () => {
    const values = goldenValues();
    const input = join(folder, "values.jsonl");
    await writeFile(input, values.map(({ type, value }) => `${type} ${JSON.stringify(value)}\n`).join(""));
    const result = await run(await compiled(roundTrip), input);
    expect(result.code).toBe(0);
    const lines = result.output.trimEnd().split("\n");
    expect(lines).toHaveLength(values.length);
    for (const [index, line] of lines.entries()) {
      const sent = values[index];
      expect({ type: sent?.type, value: JSON.parse(line) as unknown }).toEqual({
        type: sent?.type,
        value: sent?.value,
      });
    }
  }, 180_000);

  const { definitions } = catalogue(contract);

  /** Every golden frame as a GatewayFrame, and params, results and payloads as their own models. */
  function goldenValues(): { type: string; value: unknown }[] {
    const { methods, events } = catalogue(contract);
    const values: { type: string; value: unknown }[] = [
      // What a newer gateway may send.
      { type: "GatewayFrame", value: { type: "batch", frames: [{ type: "event", seq: 1.5, last: null }] } },
      { type: "ChatEvent", value: { state: "sung", runId: "r", tune: ["do", "re"] } },
      { type: "ChatRole", value: "narrator" },
    ];
    for (const { of, steps } of goldenExchanges()) {
      const asked = new Map<string, { method: string; answered: number }>();
      for (const step of steps) {
        if (!("frame" in step)) continue;
        const { frame } = step;
        values.push({ type: "GatewayFrame", value: frame });
        if (frame.type === "event") {
          const payload = events.find(({ name }) => name === frame.event)?.payload;
          if (payload) values.push({ type: payload, value: frame.payload });
        }
        const id = String(frame.id);
        if (frame.type === "req") asked.set(id, { method: String(frame.method), answered: 0 });
        const request = asked.get(id);
        const entry = methods.find(({ name }) => name === request?.method);
        if (!request || !entry || !of.startsWith("method ")) continue;
        if (frame.type === "req" && frame.params)
          values.push({ type: entry.params, value: known(frame.params, entry.params) });
        if (frame.type === "res" && frame.payload) {
          const first = request.answered === 0 && entry.accepted;
          request.answered += 1;
          values.push({ type: first ? (entry.accepted ?? "") : entry.result, value: frame.payload });
        }
      }
    }
    return values;
  }

  /** Without the keys that the contract does not know: models hold what they know. */
  function known(params: unknown, type: string): unknown {
    const properties = definitions.get(type)?.schema.properties ?? {};
    return Object.fromEntries(
      Object.entries(params as object).filter(([key]) => key in (properties as object)),
    );
  }

  const roundTrip = `import Foundation

func comeBack<Model: Codable>(_ type: Model.Type, _ text: Substring) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.withoutEscapingSlashes]
    let model = try JSONDecoder().decode(type, from: Data(text.utf8))
    print(String(decoding: try encoder.encode(model), as: UTF8.self))
}
while let line = readLine() {
    let space = line.firstIndex(of: " ")!
    let text = line[line.index(after: space)...]
    switch line[..<space] {
${[...definitions.keys()].map((name) => `    case "${name}": try comeBack(${name}.self, text)`).join("\n")}
    default: fatalError("no model \\(line[..<space])")
    }
}
`;
});

async function sourceFiles(): Promise<string[]> {
  const names = (await readdir(sources)).filter((name) => name.endsWith(".swift"));
  return names.sort().map((name) => join(sources, name));
}

function swift(tool: string, files: string[]): Promise<Outcome> {
  return outcome([join(kit, tool), ...files]);
}

interface Outcome {
  code: number;
  output: string;
}

async function outcome(command: string[], stdin?: string): Promise<Outcome> {
  const child = Bun.spawn(command, {
    stdin: stdin ? Bun.file(stdin) : "ignore",
    stdout: "pipe",
    stderr: "pipe",
  });
  const [out, err] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
  ]);
  return { code: await child.exited, output: out + err };
}

/**
 * The models and a main program as an executable. Compiling takes 8 s of CPU, so it is kept under the hash of its
 * sources; the interpreter takes minutes.
 */
async function compiled(main: string): Promise<string> {
  const files = await sourceFiles();
  const texts = await Promise.all(files.map((path) => readFile(path, "utf8")));
  const hash = Bun.hash([main, ...texts].join("\0")).toString(16);
  const place = join(repository, ".cache/swift-golden");
  const program = join(place, hash);
  if (existsSync(program)) return program;
  // Another run of the tests may compile the same at this moment.
  const workshop = join(place, `at-work-${process.pid}`);
  await mkdir(workshop, { recursive: true });
  const mainFile = join(workshop, "main.swift");
  const object = join(workshop, "main.o");
  const linked = join(workshop, "program");
  await writeFile(mainFile, main);
  const swiftLibraries = join(kit, "usr/libexec/swift/lib/swift/linux");
  const steps = [
    [join(kit, "swift-frontend"), "-c", "-Onone", "-swift-version", "6", "-module-name", "main"],
    ["cc", "-o", linked, object, join(swiftLibraries, "x86_64/swiftrt.o"), "-L", swiftLibraries],
  ];
  steps[0]?.push(...files, mainFile, "-o", object);
  const libraries = ["Foundation", "FoundationEssentials", "swiftCore", "swift_Concurrency"];
  libraries.push("swift_StringProcessing", "swiftGlibc", "swiftSwiftOnoneSupport");
  // The kit's libraries are of another Debian than the linker, which therefore cannot follow all they need.
  steps[1]?.push(...libraries.map((name) => `-l${name}`), "-Wl,--allow-shlib-undefined");
  for (const step of steps) {
    const result = await outcome(step);
    if (result.code !== 0) throw new Error(`${step[0]} failed:\n${result.output}`);
  }
  await rename(linked, program);
  await rm(workshop, { recursive: true, force: true });
  return program;
}

/** Runs an executable with the libraries of the kit. */
function run(program: string, stdin: string): Promise<Outcome> {
  const libraries = join(kit, "usr/lib/x86_64-linux-gnu");
  const path = `${libraries}:${join(kit, "usr/libexec/swift/lib/swift/linux")}`;
  return outcome([join(libraries, "ld-linux-x86-64.so.2"), "--library-path", path, program], stdin);
}
