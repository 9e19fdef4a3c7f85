import { readFileSync } from "node:fs";
import { dirname, normalize } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../../", import.meta.url));

export interface Source {
  /** From the repository's root, with forward slashes. */
  path: string;
  text: string;
}

/** Every TypeScript file of the house, tests included. */
export function sources(): Source[] {
  const found = [...new Bun.Glob("{src,protocol,test}/**/*.{ts,tsx}").scanSync(root), "build.ts"];
  return found.sort().map((path) => ({ path, text: readFileSync(`${root}${path}`, "utf8") }));
}

export function isTest(path: string): boolean {
  return /\.test\.tsx?$/.test(path) || path.startsWith("test/");
}

/**
 * Where a file's imports lead: a path from the root for our own, else the package's name. Static, dynamic,
 * type-only and re-exports alike.
 */
export function importsOf({ path, text }: Source): string[] {
  const statements = [
    ...text.matchAll(/^(?:import|export)\b[^;"'`]*?\bfrom\s*["']([^"']+)["']/gm),
    ...text.matchAll(/^import\s*["']([^"']+)["']/gm),
    ...text.matchAll(/\b(?:import|require)\(\s*["']([^"']+)["']/g),
  ];
  return statements.map(([, target]) => resolved(path, target ?? ""));
}

function resolved(from: string, target: string): string {
  if (target === "#protocol") return "protocol/index.ts";
  if (target.startsWith("#")) return target.slice(1);
  if (target.startsWith(".")) return normalize(`${dirname(from)}/${target}`);
  const [scope, name] = target.split("/");
  return target.startsWith("@") ? `${scope}/${name}` : (scope ?? target);
}

/** The room that a file of ours belongs to, or null for a package. */
export function roomOf(path: string): string | null {
  if (path.startsWith("protocol/codegen/") || path === "protocol/generate.ts") return "codegen";
  if (path.startsWith("protocol/")) return "protocol";
  if (/^src\/webchat\/(serve|build-page|embedded-page)\.ts$/.test(path)) return "webchat server";
  const [first, second] = path.split("/");
  if (first === "src" && second) return second;
  return path.includes("/") && first === "test" ? "test" : path.endsWith(".ts") ? "build" : null;
}
