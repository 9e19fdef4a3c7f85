/** What the command line says, held against what there is. */
import { describe, expect, test } from "bun:test";
import { channelTexts } from "#src/cli/channel-texts.ts";
import type { Command } from "#src/cli/command.ts";
import { commands } from "#src/cli/commands.ts";
import { deviceTexts } from "#src/cli/device-texts.ts";
import { gatewaysTexts } from "#src/cli/gateways-texts.ts";
import { runCli } from "#src/cli/run.ts";
import { serviceTexts } from "#src/cli/service-texts.ts";
import { sessionTexts } from "#src/cli/session-texts.ts";
import { texts } from "#src/cli/texts.ts";
import { tunnelTexts } from "#src/cli/tunnel-texts.ts";
import { fakeTerminal } from "./fake-terminal.ts";

/** Every command by its whole name. */
async function all(): Promise<[name: string, command: Command][]> {
  const found: [string, Command][] = [];
  for (const [name, entry] of Object.entries(commands)) {
    if (typeof entry === "function") found.push([name, await entry()]);
    else
      for (const [word, load] of Object.entries(entry.commands))
        found.push([`${name} ${word}`, await load()]);
  }
  return found;
}

const languages = { en: "C.UTF-8", zh: "zh_CN.UTF-8" } as const;

async function helpOf(name: string, columns: number, language: keyof typeof languages): Promise<string> {
  const terminal = fakeTerminal({ env: { LANG: languages[language] }, stdout: true, color: false });
  expect(await runCli(commands, [...name.split(" "), "--help"], Object.assign(terminal, { columns }))).toBe(
    0,
  );
  return terminal.out();
}

describe("the help of every command", () => {
  test("fits a screen of 80 characters, in both languages", async () => {
    for (const language of ["en", "zh"] as const) {
      for (const [name, { examples }] of await all()) {
        const lines = (await helpOf(name, 80, language)).split("\n");
        for (const line of lines.filter((each) => !examples.includes(each.trim()))) {
          expect([name, line, Bun.stringWidth(line) <= 80]).toEqual([name, line, true]);
        }
      }
    }
  });

  test("breaks no word on a narrow one, but for whole command lines", async () => {
    for (const [name, command] of await all()) {
      const lines = (await helpOf(name, 40, "en")).split("\n");
      const wide = lines.filter(
        (line) => line.length > 40 && !line.startsWith("  moltbot ") && !line.startsWith("  -"),
      );
      expect([name, wide.filter((line) => !command.examples.includes(line.trim()))]).toEqual([name, []]);
    }
  });

  test("gives examples that its own arguments allow", async () => {
    const { parseTokens } = await import("#src/cli/parse.ts");
    for (const [name, { args, examples }] of await all()) {
      expect(examples.length).toBeGreaterThan(0);
      for (const example of examples) {
        const [, line] = /(?:^|[\s(])moltbot ([^|<>)]*)/.exec(example) ?? [];
        const tokens = [...(line ?? "").matchAll(/'([^']*)'|(\S+)/g)].map(
          ([, quoted, plain]) => quoted ?? plain ?? "",
        );
        const words = name.split(" ");
        const own = words.every((word, index) => tokens[index] === word)
          ? tokens.slice(words.length)
          : tokens.slice(1);
        expect(() => parseTokens(args, own, "en")).not.toThrow();
      }
    }
  });
});

/** What a catalogue says, with something in the place of what it is told. */
function sentences(catalogue: Record<string, unknown>): string[] {
  return Object.values(catalogue).map((entry) =>
    typeof entry === "function" ? String(entry("x", "x", "x", "x")) : String(entry),
  );
}

test("every command that we tell people to use exists", async () => {
  const names = new Set([...(await all()).map(([name]) => name), ...Object.keys(commands)]);
  const catalogues = [
    texts,
    sessionTexts,
    serviceTexts,
    channelTexts,
    deviceTexts,
    tunnelTexts,
    gatewaysTexts,
  ].flatMap((each) => [each.en, each.zh]);
  for (const catalogue of catalogues) {
    for (const sentence of sentences(catalogue)) {
      for (const [, first, second] of sentence.matchAll(/moltbot (?!of )([a-z]+)(?: ([a-z]+))?/g)) {
        const known = names.has(`${first} ${second}`) || names.has(first ?? "");
        expect([sentence, known]).toEqual([sentence, true]);
        const group = commands[first ?? ""];
        if (typeof group === "object" && second !== undefined) expect(names).toContain(`${first} ${second}`);
      }
    }
  }
});

test("both languages say the same things, and Chinese says them in Chinese", () => {
  expect(Object.keys(texts.zh)).toEqual(Object.keys(texts.en));
  expect(Object.keys(sessionTexts.zh)).toEqual(Object.keys(sessionTexts.en));
  expect(Object.keys(serviceTexts.zh)).toEqual(Object.keys(serviceTexts.en));
  expect(Object.keys(tunnelTexts.zh)).toEqual(Object.keys(tunnelTexts.en));
  expect(Object.keys(gatewaysTexts.zh)).toEqual(Object.keys(gatewaysTexts.en));
  expect(Object.keys(deviceTexts.zh)).toEqual(Object.keys(deviceTexts.en));
  const same = ["yesOrNo"];
  for (const [key, sentence] of Object.entries(texts.zh)) {
    if (typeof sentence === "string" && !same.includes(key)) expect(sentence).toMatch(/\p{Script=Han}/u);
  }
});
