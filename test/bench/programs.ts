import { existsSync, statSync } from "node:fs";
import { join } from "node:path";

const root = join(import.meta.dir, "../..");

/** The gateway's executable, built anew where one of its sources is newer. */
export async function gatewayExecutable(): Promise<string> {
  const path = join(root, "dist/moltbot");
  if (existsSync(path) && newestSource() < statSync(path).mtimeMs) return path;
  const build = Bun.spawn([process.execPath, "build.ts"], {
    cwd: root,
    stdout: "inherit",
    stderr: "inherit",
  });
  if ((await build.exited) !== 0) throw new Error("the executable cannot be built; see above");
  return path;
}

function newestSource(): number {
  const sources = [...new Bun.Glob("{src,protocol}/**/*").scanSync({ cwd: root }), "build.ts", "bun.lock"];
  return Math.max(
    ...sources.filter((path) => !path.endsWith(".test.ts")).map((path) => statSync(join(root, path)).mtimeMs),
  );
}

/** The bare server as an executable, made by the same recipe. */
export async function bareExecutable(directory: string): Promise<string> {
  const outfile = join(directory, "bare-server");
  await Bun.build({
    entrypoints: [join(import.meta.dir, "bare-server.ts")],
    format: "esm",
    splitting: true,
    bytecode: true,
    minify: { whitespace: true, syntax: true, identifiers: false },
    compile: { outfile, autoloadDotenv: false, autoloadBunfig: false },
  });
  return outfile;
}
