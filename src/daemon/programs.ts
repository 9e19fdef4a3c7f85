import type { Environment } from "#src/config/environment.ts";
import type { Told } from "#src/lib/told-error.ts";
import { ServiceError } from "./services.ts";

export interface Ran {
  code: number;
  out: string;
  err: string;
}

/** Runs a program of the system to its end. */
export type RunProgram = (program: string, args: readonly string[]) => Promise<Ran>;

/** Runs programs that the environment's PATH leads to; one that is not there is an error that says so. */
export function createRunProgram(env: Environment): RunProgram {
  return async (program, args) => {
    const path = Bun.which(program, { PATH: env.PATH ?? "" });
    if (path === null) throw new ServiceError(absent(program));
    const child = Bun.spawn([path, ...args], {
      env: { ...env },
      stdin: "ignore",
      stdout: "pipe",
      stderr: "pipe",
    });
    const [out, err, code] = await Promise.all([
      new Response(child.stdout).text(),
      new Response(child.stderr).text(),
      child.exited,
    ]);
    return { code, out, err };
  };
}

function absent(program: string): Told {
  return { en: `there is no ${program} on this computer`, zh: `本机没有 ${program}` };
}

/** As a person would type it. */
export function typed(program: string, args: readonly string[]): string {
  return [program, ...args].map((word) => (/^[\w@%+=:,./-]+$/.test(word) ? word : `'${word}'`)).join(" ");
}

/** The failure of a program, in its own words. */
export function failed(
  program: string,
  args: readonly string[],
  { code, out, err }: Ran,
  hint: Told | null = null,
): ServiceError {
  const said = (err.trim() || out.trim()).split("\n").slice(-3).join(" ");
  const why = said === "" ? "" : `: ${said}`;
  const command = typed(program, args);
  return new ServiceError({
    en: `${command} failed (exit ${code}${why})${hint === null ? "" : `; ${hint.en}`}`,
    zh: `${command} 失败（退出码 ${code}${why}）${hint === null ? "" : `；${hint.zh}`}`,
  });
}
