/** The Homebrew formula, as Ruby and a small Homebrew read it. */
import { describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { commands } from "#src/cli/commands.ts";
import { runCli } from "#src/cli/run.ts";
import { formula, type Released } from "#src/packaging/formula.ts";
import { fakeTerminal } from "../cli/fake-terminal.ts";
import { missingProgram } from "../daemon/supervisor.ts";

const sum = (target: string) => new Bun.CryptoHasher("sha256").update(target).digest("hex");
const archives: Released[] = ["darwin-arm64", "darwin-x64", "linux-arm64", "linux-x64"].map((target) => ({
  target,
  file: `moltbot-1.2.3-${target}.tar.gz`,
  sha256: sum(target),
}));
const facts = {
  version: "1.2.3",
  license: "MIT",
  description: 'One "executable" #{for} all.',
  baseUrl: "https://releases.example/moltbot/",
  archives,
};

function ruby(text: string, ...args: string[]) {
  const folder = mkdtempSync(join(tmpdir(), "moltbot-formula-"));
  try {
    const file = join(folder, "moltbot.rb");
    writeFileSync(file, text);
    const dsl = join(import.meta.dir, "../fakes/formula-dsl.rb");
    const child = Bun.spawnSync(["ruby", ...(args.length === 0 ? ["-c", file] : [dsl, file, ...args])]);
    return { code: child.exitCode, out: child.stdout.toString(), err: child.stderr.toString() };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

describe.skipIf(missingProgram("ruby") !== null)("the formula", () => {
  test("is Ruby", () => {
    expect(ruby(formula(facts))).toMatchObject({ code: 0, out: "Syntax OK\n" });
    expect(ruby(formula(facts).replace("  end\nend", "end")).code).not.toBe(0);
  });

  for (const [system, processor, target] of [
    ["macos", "arm", "darwin-arm64"],
    ["macos", "intel", "darwin-x64"],
    ["linux", "arm", "linux-arm64"],
    ["linux", "intel", "linux-x64"],
  ] as const) {
    test(`gets ${target} on ${system} with ${processor}, with its sum`, () => {
      expect(JSON.parse(ruby(formula(facts), system, processor).out)).toMatchObject({
        url: `https://releases.example/moltbot/v1.2.3/moltbot-1.2.3-${target}.tar.gz`,
        sha256: sum(target),
        version: "1.2.3",
        desc: 'One "executable" #{for} all',
      });
    });
  }

  test("installs, serves and tests what there is", async () => {
    const said = JSON.parse(ruby(formula(facts), "macos", "arm").out);
    expect(said.service).toEqual({
      run: ["opt_bin/moltbot", "gateway", "--service"],
      keep_alive: { successful_exit: false },
      environment: { PATH: "std_service_path_env" },
      log: "var/log/moltbot.log",
      error_log: "var/log/moltbot.log",
      process_type: "interactive",
    });
    expect(said.tests).toEqual([
      ["assert_match", "1.2.3", "bin/moltbot --version"],
      ["system", "bin/moltbot", "config", "validate"],
    ]);
    expect(said.completions).toEqual([["bin/moltbot", "completion"], { shells: ["bash", "zsh", "fish"] }]);
    expect(said.livecheck_url).toBe("https://releases.example/moltbot/");
    expect(new RegExp(said.livecheck_regex).exec('<a href="v1.2.4/">')?.[1]).toBe("1.2.4");
    // Every command line that it runs or tells people to run is one of ours.
    for (const line of ["gateway --help", "config validate --help", "service install --help", "--version"]) {
      expect(await runCli(commands, line.split(" "), fakeTerminal())).toBe(0);
    }
  });

  test("is refused by the small Homebrew where a word or a sum is wrong", () => {
    const wrong = (from: string, to: string) => ruby(formula(facts).replace(from, to), "macos", "arm").code;
    expect(wrong("keep_alive", "keep_alve")).not.toBe(0);
    expect(wrong("successful_exit", "succesful_exit")).not.toBe(0);
    expect(wrong("process_type :interactive", "process_type :lively")).not.toBe(0);
  });
});

test("a release without one of the four archives has no formula", () => {
  expect(() => formula({ ...facts, archives: archives.slice(1) })).toThrow("no archive for darwin-arm64");
});
