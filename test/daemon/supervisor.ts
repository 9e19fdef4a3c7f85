/** A home directory with supervisors of its own, which record what they are asked. */
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Step } from "#src/daemon/services.ts";

export interface SupervisedHome extends Disposable {
  home: string;
  units: string;
  env: Record<string, string>;
  /** What was asked since the last time, but for questions. */
  orders(): string[];
}

const questions = /^(launchctl print|systemctl (--user )?show)/;

export function openSupervisedHome(): SupervisedHome {
  const home = mkdtempSync(join(tmpdir(), "moltbot-service-"));
  const programs = join(home, "bin");
  const units = join(home, ".config/systemd/user");
  mkdirSync(programs);
  for (const name of ["launchctl", "systemctl"]) {
    const fake = join(import.meta.dir, `../fakes/${name}.ts`);
    const path = join(programs, name);
    writeFileSync(path, `#!/bin/sh\nexec "${process.execPath}" "${fake}" "$@"\n`);
    chmodSync(path, 0o755);
  }
  const calls = join(home, "calls");
  let seen = 0;
  return {
    home,
    units,
    env: { HOME: home, PATH: programs, FAKE_SUPERVISOR: home, FAKE_UNITS: units },
    orders() {
      const all = existsSync(calls) ? readFileSync(calls, "utf8").trim().split("\n") : [];
      const fresh = all.slice(seen).filter((line) => !questions.test(line));
      seen = all.length;
      return fresh;
    },
    [Symbol.dispose]: () => rmSync(home, { recursive: true, force: true }),
  };
}

/** Collects steps. */
export function recorder(): { steps: Step[]; report: (step: Step) => void } {
  const steps: Step[] = [];
  return { steps, report: (step) => void steps.push(step) };
}

/** Why tests with this program cannot run here, or null. Where everything is required, that is an error. */
export function missingProgram(...names: string[]): string | null {
  const missing = names.filter((name) => Bun.which(name) === null);
  if (missing.length === 0) return null;
  const reason = `no ${missing.join(", ")} on this machine`;
  if (process.env.MOLTBOT_TEST_REQUIRE_ALL === "1") throw new Error(reason);
  console.warn(`tests are skipped: ${reason}`);
  return reason;
}
