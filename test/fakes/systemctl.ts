/** A `systemctl` that keeps its units in a file: what it is asked is recorded, and only a reload reads unit files. */
import { appendFileSync, existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

interface Kept {
  /** Unit files as they were at the last reload. */
  read: Record<string, string>;
  enabled: string[];
  pids: Record<string, number>;
  nextPid: number;
}

const folder = process.env.FAKE_SUPERVISOR ?? "";
const units = process.env.FAKE_UNITS ?? "";
const keptIn = join(folder, "systemd.json");
const kept: Kept = existsSync(keptIn)
  ? (JSON.parse(readFileSync(keptIn, "utf8")) as Kept)
  : { read: {}, enabled: [], pids: {}, nextPid: 700 };

const args = process.argv.slice(2);
appendFileSync(join(folder, "calls"), `systemctl ${args.join(" ")}\n`);
const [verb, name = ""] = args.filter((word) => !word.startsWith("-"));
const code = perform();
writeFileSync(keptIn, JSON.stringify(kept));
process.exit(code);

function onDisk(unit: string): string | undefined {
  const path = join(units, unit);
  return existsSync(path) ? readFileSync(path, "utf8") : undefined;
}

function perform(): number {
  const { pids } = kept;
  switch (verb) {
    case "show":
      return show();
    case "daemon-reload":
      kept.read = {};
      for (const unit of existsSync(units) ? readdirSync(units) : []) kept.read[unit] = onDisk(unit) ?? "";
      return 0;
    case "enable":
      if (onDisk(name) === undefined) return complain(1, `Unit file ${name} does not exist.`);
      if (!kept.enabled.includes(name)) kept.enabled.push(name);
      return 0;
    case "disable":
      kept.enabled = kept.enabled.filter((unit) => unit !== name);
      if (args.includes("--now")) delete pids[name];
      return 0;
    case "start":
    case "restart":
      if (kept.read[name] === undefined) return complain(5, `Unit ${name} not found.`);
      if (kept.read[name].includes("/broken")) return complain(1, `Job for ${name} failed.`);
      if (verb === "restart" || pids[name] === undefined) pids[name] = kept.nextPid++;
      return 0;
    case "stop":
      delete pids[name];
      return 0;
    case "reset-failed":
      return kept.read[name] === undefined ? complain(1, `Unit ${name} not loaded.`) : 0;
    default:
      return complain(1, `Unknown command verb ${verb}.`);
  }
}

function show(): number {
  const read = kept.read[name];
  const pid = kept.pids[name] ?? 0;
  const facts = {
    LoadState: read === undefined ? "not-found" : "loaded",
    ActiveState: pid === 0 ? (read?.includes("/broken") ? "failed" : "inactive") : "active",
    MainPID: pid,
    ExecMainStatus: read?.includes("/broken") ? 78 : 0,
    UnitFileState: kept.enabled.includes(name) ? "enabled" : read === undefined ? "" : "disabled",
    NeedDaemonReload: read !== undefined && read !== onDisk(name) ? "yes" : "no",
  };
  for (const [key, value] of Object.entries(facts)) process.stdout.write(`${key}=${value}\n`);
  return 0;
}

function complain(exit: number, line: string): number {
  process.stderr.write(`${line}\n`);
  return exit;
}
