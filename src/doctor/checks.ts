/** What `moltbot doctor` looks at. Nothing here writes a byte. */
import { existsSync, lstatSync, readdirSync, readFileSync, statfsSync, statSync } from "node:fs";
import { join } from "node:path";
import type { Environment } from "#src/config/environment.ts";
import type { Locations } from "#src/config/paths.ts";
import { isPrivateFile } from "#src/config/state-dir.ts";
import { portHolder } from "#src/store/port-holder.ts";
import { checkConfig } from "./check-config.ts";
import { checkStore } from "./check-store.ts";
import type { Checked } from "./finding.ts";

/** What the gateway says of itself; null where none runs. */
export interface Patient {
  version: string;
  problems: readonly { id: string; message: string }[];
}

export interface Surveyed {
  locations: Locations;
  env: Environment;
  /** Of this executable. */
  version: string;
  /** When it was built; null from source. */
  builtAt: string | null;
  gateway: Patient | null;
  /** Why a gateway that seems to run does not answer; null otherwise. */
  unreachable: string | null;
  now: () => number;
}

const leastFreeBytes = 100 * 1_048_576;

export async function examine(survey: Surveyed): Promise<Checked[]> {
  const { locations } = survey;
  const config = checkConfig(locations.configPath, survey.env);
  return [
    ...checkStateDir(locations.stateDir),
    checkDisk(locations.stateDir),
    ...config.checked,
    checkStore(locations.stateDir),
    ...checkGateway(survey, config.port),
    checkLog(locations),
    checkClock(survey),
    ...config.model,
  ];
}

function checkStateDir(stateDir: string): Checked[] {
  if (!existsSync(stateDir)) {
    const message = `${stateDir} does not exist yet; the first start makes it`;
    return [{ id: "state-dir", verdict: "ok", message }];
  }
  const state = statSync(stateDir);
  if (!state.isDirectory()) {
    const hint = "name a directory with MOLTBOT_STATE_DIR";
    return [{ id: "state-dir", verdict: "fail", message: `${stateDir} is not a directory`, hint }];
  }
  if (process.getuid !== undefined && state.uid !== process.getuid()) {
    const message = `${stateDir} belongs to user ${state.uid}, not to the one who runs this`;
    const hint = "run moltbot as that user, or name a directory of your own with MOLTBOT_STATE_DIR";
    return [{ id: "state-dir", verdict: "fail", message, hint }];
  }
  const found: Checked[] = [closed("state-dir", stateDir, state.mode, 0o700)];
  const open = readdirSync(stateDir)
    .filter(isPrivateFile)
    .map((name) => ({ path: join(stateDir, name), state: lstatSync(join(stateDir, name)) }))
    .filter(({ state: each }) => each.isFile() && isOpen(each.mode));
  if (open.length === 0) {
    found.push({ id: "state-files", verdict: "ok", message: "what lies there is its owner's alone" });
  }
  for (const { path, state: each } of open) found.push(closed("state-files", path, each.mode, 0o600));
  return found;
}

function isOpen(mode: number): boolean {
  return process.platform !== "win32" && (mode & 0o077) !== 0;
}

function closed(id: string, path: string, mode: number, to: number): Checked {
  if (!isOpen(mode)) return { id, verdict: "ok", message: `${path} is its owner's alone` };
  const from = mode & 0o777;
  const message = `${path} is open to other users (mode ${from.toString(8)})`;
  return {
    id,
    verdict: "fail",
    message,
    hint: `chmod ${to.toString(8)} '${path}'`,
    fix: { is: "mode", path, from, to },
  };
}

function checkDisk(stateDir: string): Checked {
  let directory = stateDir;
  while (!existsSync(directory)) directory = join(directory, "..");
  const { bavail, bsize } = statfsSync(directory);
  const free = bavail * bsize;
  const message = `${Math.floor(free / 1_048_576)} MB are free where ${stateDir} lies`;
  if (free >= leastFreeBytes) return { id: "disk", verdict: "ok", message };
  return { id: "disk", verdict: free === 0 ? "fail" : "warn", message, hint: "make room on the disk" };
}

function checkGateway({ gateway, unreachable, version }: Surveyed, port: number | null): Checked[] {
  if (gateway !== null) {
    const found: Checked[] = gateway.problems.map(({ id, message }) => ({
      id: `health.${id}`,
      verdict: "warn",
      message,
    }));
    const message = `a gateway runs as ${gateway.version}`;
    if (gateway.version === version) return [{ id: "gateway", verdict: "ok", message }, ...found];
    const hint = "restart the gateway";
    return [{ id: "gateway", verdict: "warn", message: `${message}, this is ${version}`, hint }, ...found];
  }
  if (unreachable !== null) {
    const hint = "see why: moltbot logs";
    return [{ id: "gateway", verdict: "fail", message: unreachable, hint }];
  }
  const holder = port === null ? null : portHolder(port);
  if (holder !== null) {
    const message = `no gateway runs, and port ${port} is in use by ${holder.name} (pid ${holder.pid})`;
    const hint = "end that program, or choose another port: moltbot config set gateway.port NUMBER";
    return [{ id: "gateway", verdict: "fail", message, hint }];
  }
  return [{ id: "gateway", verdict: "warn", message: "no gateway runs", hint: "start it: moltbot gateway" }];
}

function checkLog({ logFile }: Locations): Checked {
  if (!existsSync(logFile)) return { id: "log", verdict: "ok", message: "nothing has been logged yet" };
  const text = tailOf(logFile);
  const errors = text.split("\n").filter((line) => /"logLevelName":"(ERROR|FATAL)"/.test(line)).length;
  const message = `${errors} errors in the last lines of ${logFile}`;
  if (errors === 0) return { id: "log", verdict: "ok", message: `no error in the last lines of ${logFile}` };
  return { id: "log", verdict: "warn", message, hint: "read them: moltbot logs --level error" };
}

function tailOf(path: string): string {
  const bytes = readFileSync(path);
  return bytes.subarray(Math.max(0, bytes.length - 100_000)).toString("utf8");
}

function checkClock({ builtAt, now }: Surveyed): Checked {
  const message = `the clock says ${new Date(now()).toISOString()}`;
  if (builtAt === null || now() >= Date.parse(builtAt)) return { id: "clock", verdict: "ok", message };
  const hint = "set the clock: signatures and certificates go by it";
  return { id: "clock", verdict: "fail", message: `${message}, which is before this was built`, hint };
}
