import { isAbsolute, relative, sep } from "node:path";

/** A path as people read it: from the root where it lies below that, else whole. */
export function shownPath(root: string, path: string): string {
  const below = relative(root, path);
  return below === ".." || below.startsWith(`..${sep}`) || isAbsolute(below) ? path : below;
}
