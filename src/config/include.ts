import { existsSync, readFileSync, realpathSync } from "node:fs";
import { dirname, isAbsolute, relative, resolve } from "node:path";
import { messageOf } from "#src/lib/errors.ts";
import type { Finding, Path } from "./finding.ts";
import {
  type ObjectNode,
  type Place,
  parseTree,
  type SyntaxProblem,
  showPlace,
  type TreeNode,
} from "./json5-tree.ts";

const maxDepth = 10;
const key = "$include";

export interface Included {
  root: TreeNode;
  /** Real paths of the files that took part. */
  files: string[];
  problems: Finding[];
}

/**
 * Puts the named files in the place of every `$include`: objects merge, lists join, the including file wins.
 * Only files under the config's own directory are read, wherever a link may point.
 */
export function resolveIncludes(root: TreeNode, configPath: string): Included {
  const directory = realDirectory(configPath);
  const found: Included = { root, files: [], problems: [] };
  found.root = visit(root, [], { directory: dirname(configPath), chain: [], home: directory, found });
  return found;
}

interface Context {
  /** Of the including file; relative names start here. */
  directory: string;
  /** Real paths of the files that are open, outermost first. */
  chain: string[];
  home: string;
  found: Included;
}

function visit(node: TreeNode, path: Path, context: Context): TreeNode {
  if (node.kind === "leaf") return node;
  if (node.kind === "array") {
    return { ...node, items: node.items.map((item, index) => visit(item, [...path, index], context)) };
  }
  const entries = new Map<string, { keyAt: Place; node: TreeNode }>();
  for (const [name, entry] of node.entries) {
    if (name !== key) entries.set(name, { ...entry, node: visit(entry.node, [...path, name], context) });
  }
  const own: ObjectNode = { ...node, entries };
  const include = node.entries.get(key);
  if (include === undefined) return own;
  const included = includedBy(include.node, path, context);
  if (included === undefined) return own;
  if (entries.size === 0) return included;
  if (included.kind === "object") return merge(included, own);
  complain(context, path, "what is included beside other keys must be an object", include.keyAt);
  return own;
}

function includedBy(node: TreeNode, path: Path, context: Context): TreeNode | undefined {
  const names = node.kind === "array" ? node.items : [node];
  let merged: TreeNode | undefined;
  for (const name of names) {
    if (name.kind !== "leaf" || typeof name.value !== "string") {
      complain(context, path, "$include takes a file name or a list of them", name.at);
      continue;
    }
    const next = readIncluded(name.value, name.at, path, context);
    if (next !== undefined) merged = merged === undefined ? next : merge(merged, next);
  }
  return merged;
}

function readIncluded(name: string, at: Place, path: Path, context: Context): TreeNode | undefined {
  const refuse = (why: string) =>
    complain(context, path, `cannot include ${JSON.stringify(name)}: ${why}`, at);
  let file: string;
  try {
    file = realpathSync(resolve(context.directory, name));
  } catch {
    return refuse("there is no such file");
  }
  const inside = relative(context.home, file);
  if (inside.startsWith("..") || isAbsolute(inside)) return refuse(`it lies outside ${context.home}`);
  if (context.chain.includes(file)) return refuse("it includes itself");
  if (context.chain.length >= maxDepth) return refuse(`more than ${maxDepth} files include one another`);
  if (!context.found.files.includes(file)) context.found.files.push(file);
  try {
    const tree = parseTree({ name: inside, text: readFileSync(file, "utf8") });
    return visit(tree, path, { ...context, directory: dirname(file), chain: [...context.chain, file] });
  } catch (error) {
    const place = (error as Partial<SyntaxProblem>).place;
    return refuse(place === undefined ? messageOf(error) : `${messageOf(error)} at ${showPlace(place)}`);
  }
}

function merge(under: TreeNode, over: TreeNode): TreeNode {
  if (under.kind === "array" && over.kind === "array") {
    return { ...over, items: [...under.items, ...over.items] };
  }
  if (under.kind !== "object" || over.kind !== "object") return over;
  const entries = new Map(under.entries);
  for (const [name, entry] of over.entries) {
    const below = entries.get(name);
    entries.set(name, below === undefined ? entry : { ...entry, node: merge(below.node, entry.node) });
  }
  return { ...over, entries };
}

function complain(context: Context, path: Path, message: string, place: Place): undefined {
  context.found.problems.push({ path, message, place });
}

function realDirectory(configPath: string): string {
  const directory = dirname(resolve(configPath));
  // Without a file there is nothing to include, and on the first start not even the directory.
  return existsSync(directory) ? realpathSync(directory) : directory;
}
