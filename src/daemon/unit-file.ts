import { existsSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import { dirname } from "node:path";
import { writeFileAtomic } from "#src/lib/atomic-file.ts";
import type { Report } from "./services.ts";

/** What a supervisor's file says now; null where there is none. */
export function readUnitFile(path: string): string | null {
  return existsSync(path) ? readFileSync(path, "utf8") : null;
}

/** Puts the text there unless it is there already; true where that changed something. */
export function putUnitFile(path: string, text: string, report: Report): boolean {
  const before = readUnitFile(path);
  if (before === text) {
    report({ is: "unchanged", path });
    return false;
  }
  mkdirSync(dirname(path), { recursive: true });
  // launchd refuses what others may write; there is no secret inside, so all may read.
  writeFileAtomic(path, text, 0o644);
  report({ is: before === null ? "written" : "replaced", path });
  return true;
}

/** Removes the file; false where there is none. */
export function removeUnitFile(path: string, report: Report): boolean {
  if (!existsSync(path)) return false;
  rmSync(path);
  report({ is: "removed", path });
  return true;
}
