/** A `launchctl` that keeps its services in a file: what it is asked is recorded, and it is as strict as launchd. */
import { appendFileSync, existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

interface Loaded {
  pid: number;
  /** The file as it was read; a later one does not count. */
  text: string;
  /** How often it is still seen after it was told to leave. */
  leaving?: number;
}

interface Kept {
  loaded: Record<string, Loaded>;
  disabled: string[];
  nextPid: number;
}

const folder = process.env.FAKE_SUPERVISOR ?? "";
const keptIn = join(folder, "launchd.json");
const kept: Kept = existsSync(keptIn)
  ? (JSON.parse(readFileSync(keptIn, "utf8")) as Kept)
  : { loaded: {}, disabled: [], nextPid: 500 };

const args = process.argv.slice(2);
appendFileSync(join(folder, "calls"), `launchctl ${args.join(" ")}\n`);
const [verb, ...rest] = args;
const flags = rest.filter((word) => word.startsWith("-"));
const [target = "", file = ""] = rest.filter((word) => !word.startsWith("-"));
const label = target.split("/")[2] ?? "";
const code = perform();
writeFileSync(keptIn, JSON.stringify(kept));
process.exit(code);

function perform(): number {
  const service = kept.loaded[label];
  switch (verb) {
    case "print":
      return print(service);
    case "print-disabled":
      process.stdout.write(
        `disabled services = {\n${kept.disabled.map((each) => `\t"${each}" => disabled\n`).join("")}}\n`,
      );
      return 0;
    case "enable":
      kept.disabled = kept.disabled.filter((each) => each !== label);
      return 0;
    case "bootstrap":
      return bootstrap();
    case "bootout":
      if (service === undefined) return complain(3, "Boot-out failed: 3: No such process");
      service.leaving = 2;
      return complain(36, "Boot-out failed: 36: Operation now in progress");
    case "kickstart":
      if (service === undefined) return complain(113, `Could not find service "${label}" in domain`);
      if (flags.includes("-k") || service.pid === 0) service.pid = kept.nextPid++;
      return 0;
    default:
      return complain(64, `Unrecognized subcommand: ${verb}`);
  }
}

function print(service: Loaded | undefined): number {
  if (service?.leaving !== undefined && service.leaving-- === 0) delete kept.loaded[label];
  if (kept.loaded[label] === undefined || service === undefined) {
    return complain(113, `Could not find service "${label}" in domain for user gui`);
  }
  const running = service.pid !== 0;
  process.stdout.write(
    `${target} = {\n\tactive count = ${running ? 1 : 0}\n\tstate = ${running ? "running" : "not running"}\n\n` +
      `${running ? `\tpid = ${service.pid}\n` : "\tlast exit code = 0\n"}}\n`,
  );
  return 0;
}

function bootstrap(): number {
  if (!existsSync(file)) return complain(5, "Bootstrap failed: 5: Input/output error");
  const text = readFileSync(file, "utf8");
  const named = /<key>Label<\/key>\s*<string>([^<]*)</.exec(text)?.[1] ?? "";
  if (kept.loaded[named] !== undefined || kept.disabled.includes(named)) {
    return complain(5, "Bootstrap failed: 5: Input/output error");
  }
  kept.loaded[named] = { pid: kept.nextPid++, text };
  return 0;
}

function complain(exit: number, line: string): number {
  process.stderr.write(`${line}\n`);
  return exit;
}
