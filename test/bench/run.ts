/** `bun run bench`: the executable's figures beside a bare Bun server's, measured in turn. `--help` tells more. */
import { mkdirSync, mkdtempSync, rmSync, statSync } from "node:fs";
import { cpus, loadavg, tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { cli } from "./cli.ts";
import { openCpuClock } from "./cpu-clock.ts";
import type { Bench, Figure } from "./figure.ts";
import { crowd, linearity } from "./figures-crowd.ts";
import { deadReaders } from "./figures-dead-readers.ts";
import { fanOut } from "./figures-fan-out.ts";
import { firstAnswer, update } from "./figures-install.ts";
import { load, messages } from "./figures-messages.ts";
import { page } from "./figures-page.ts";
import { health, history } from "./figures-requests.ts";
import { tenRuns } from "./figures-runs.ts";
import { memory, size, start } from "./figures-start.ts";
import { fillHistory } from "./fill-history.ts";
import { measureSizes } from "./measure-sizes.ts";
import { bareExecutable, gatewayExecutable } from "./programs.ts";
import { type Measured, markdownTable, placeBetweenMarkers, reportRow } from "./report.ts";
import { startSubject } from "./subject.ts";

const figures: readonly Figure[] = [
  start,
  memory,
  health,
  crowd,
  linearity,
  history,
  fanOut,
  tenRuns,
  deadReaders,
  messages,
  load,
  page,
  cli,
  size,
  update,
  firstAnswer,
];
const names = figures.map(({ name }) => name).join(", ");

const help = `Usage: bun run bench [options]

  --only NAME[,NAME…]   ${names}
  --rounds NUMBER       how often everything is measured (5)
  --executable PATH     measures this gateway instead of dist/moltbot
  --json                prints JSON instead of a table
  --write               puts the table into README.md
  --gate                exits with 1 when a goal is missed that holds on a busy machine`;

const { values: options } = parseArgs({
  options: {
    only: { type: "string" },
    rounds: { type: "string", default: "5" },
    executable: { type: "string" },
    json: { type: "boolean", default: false },
    write: { type: "boolean", default: false },
    gate: { type: "boolean", default: false },
    help: { type: "boolean", short: "h", default: false },
  },
});
if (options.help) {
  console.log(help);
  process.exit(0);
}
const chosen = choose(options.only).filter(({ name, unavailable }) => {
  const why = unavailable?.() ?? null;
  if (why !== null) console.error(`${name} is not measured: ${why}`);
  return why === null;
});
const rounds = Number(options.rounds);
if (!Number.isInteger(rounds) || rounds < 1)
  fail(`--rounds must be a whole number from 1, not "${options.rounds}"`);

const directory = mkdtempSync(join(tmpdir(), "moltbot-bench-"));
const ending = new AbortController();
process.on("exit", () => {
  ending.abort();
  rmSync(directory, { recursive: true, force: true });
});
for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => process.exit(1));

const clock = openCpuClock();
const historyDir = join(directory, "history");
mkdirSync(historyDir, { mode: 0o700 });
fillHistory(historyDir);
const gateway = options.executable === undefined ? await gatewayExecutable() : resolve(options.executable);
const ours = benchOf([gateway, "gateway", "--port", "0", "--log-format", "pretty"]);
const sizes = await sizesOf(ours);
const bare = benchOf([await bareExecutable(directory), JSON.stringify(sizes)]);

const measured = new Map<string, Measured>();
for (let round = 0; round < rounds; round += 1) {
  for (const figure of chosen) {
    if (figure.once === true && round > 0) continue;
    const turn: ["ours" | "bare", Bench][] = [["ours", ours]];
    if (figure.bare) turn.push(["bare", bare]);
    // Neither is always the one that finds the machine as the other left it.
    if (round % 2 === 1) turn.reverse();
    for (let time = 0; time < (figure.times ?? 1); time += 1) {
      console.error(`round ${round + 1} of ${rounds}: ${figure.name}`);
      for (const [whose, bench] of turn) keep(figure, whose, await figure.measure(bench));
    }
  }
}

const rows = [...measured.values()].map(reportRow);
const machine = `${process.platform} ${process.arch}, ${cpus().length} × ${cpus()[0]?.model.trim() ?? "unknown"}`;
const date = new Date().toISOString().slice(0, 10);
const busy = loadavg()[0]?.toFixed(1);
const heading = `${machine}, Bun ${Bun.version}, load ${busy}, ${date}; median [lowest–highest] of ${rounds} rounds`;
const table = `${heading}\n\n${markdownTable(rows)}`;
console.log(
  options.json
    ? JSON.stringify({ machine, bun: Bun.version, load: busy, date, rounds, rows }, null, 2)
    : table,
);
if (options.write) {
  const readme = join(import.meta.dir, "../../README.md");
  await Bun.write(readme, placeBetweenMarkers(await Bun.file(readme).text(), table));
}
const missed = rows.filter(({ steady, reached }) => steady && reached === false);
process.exit(options.gate && missed.length > 0 ? 1 : 0);

function benchOf(command: string[]): Bench {
  return {
    executable: command[0] as string,
    executableBytes: statSync(command[0] as string).size,
    start: ({ withHistory = false, ...more } = {}) =>
      startSubject({
        command,
        clock,
        directory,
        ...more,
        signal: ending.signal,
        ...(withHistory ? { stateDir: historyDir } : {}),
      }),
  };
}

async function sizesOf(bench: Bench): Promise<Record<string, number>> {
  await using subject = await bench.start({ withHistory: true });
  return await measureSizes(subject);
}

function keep(figure: Figure, whose: "ours" | "bare", values: Record<string, number>): void {
  for (const [row, spec] of Object.entries(figure.rows)) {
    const key = `${figure.name} ${row}`;
    const value = values[row];
    if (value === undefined) throw new Error(`${figure.name} gave no value for ${row}`);
    const kept = measured.get(key) ?? { figure: figure.name, row, spec, ours: [], bare: [] };
    kept[whose].push(value);
    measured.set(key, kept);
  }
}

function choose(only: string | undefined): readonly Figure[] {
  if (only === undefined) return figures;
  return only.split(",").map((name) => {
    const found = figures.find((figure) => figure.name === name.trim());
    return found ?? fail(`no figure is called "${name}"; there are: ${names}`);
  });
}

function fail(why: string): never {
  console.error(why);
  process.exit(2);
}
