import { existsSync, readFileSync, realpathSync } from "node:fs";
import { dirname, isAbsolute, relative, resolve } from "node:path";
import { messageOf } from "#src/lib/errors.ts";
import type { Sentence } from "#src/lib/sentence.ts";
import type { Finding, Path } from "./finding.ts";
import {
  type ObjectNode,
  type Place,
  parseTree,
  SyntaxProblem,
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
  complain(
    context,
    path,
    { en: "what is included beside other keys must be an object", zh: "与其他键并列引入的内容必须是对象" },
    include.keyAt,
  );
  return own;
}

function includedBy(node: TreeNode, path: Path, context: Context): TreeNode | undefined {
  const names = node.kind === "array" ? node.items : [node];
  let merged: TreeNode | undefined;
  for (const name of names) {
    if (name.kind !== "leaf" || typeof name.value !== "string") {
      complain(
        context,
        path,
        { en: "$include takes a file name or a list of them", zh: "$include 接受一个文件名或文件名列表" },
        name.at,
      );
      continue;
    }
    const next = readIncluded(name.value, name.at, path, context);
    if (next !== undefined) merged = merged === undefined ? next : merge(merged, next);
  }
  return merged;
}

function readIncluded(name: string, at: Place, path: Path, context: Context): TreeNode | undefined {
  const quoted = JSON.stringify(name);
  const refuse = ({ en, zh }: Sentence) =>
    complain(context, path, { en: `cannot include ${quoted}: ${en}`, zh: `无法引入 ${quoted}：${zh}` }, at);
  let file: string;
  try {
    file = realpathSync(resolve(context.directory, name));
  } catch {
    return refuse({ en: "there is no such file", zh: "没有这个文件" });
  }
  const inside = relative(context.home, file);
  if (inside.startsWith("..") || isAbsolute(inside)) {
    return refuse({ en: `it lies outside ${context.home}`, zh: `它在 ${context.home} 之外` });
  }
  if (context.chain.includes(file)) {
    return refuse({ en: "it includes itself", zh: "它引入了自己" });
  }
  if (context.chain.length >= maxDepth) {
    return refuse({
      en: `more than ${maxDepth} files include one another`,
      zh: `相互引入的文件超过 ${maxDepth} 个`,
    });
  }
  if (!context.found.files.includes(file)) context.found.files.push(file);
  try {
    const tree = parseTree({ name: inside, text: readFileSync(file, "utf8") });
    return visit(tree, path, { ...context, directory: dirname(file), chain: [...context.chain, file] });
  } catch (error) {
    const message = messageOf(error);
    if (!(error instanceof SyntaxProblem)) return refuse({ en: message, zh: message });
    const where = showPlace(error.place);
    return refuse({ en: `${message} at ${where}`, zh: `${error.zh}（${where}）` });
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

function complain(context: Context, path: Path, { en: message, zh }: Sentence, place: Place): undefined {
  context.found.problems.push({ path, message, zh, place });
}

function realDirectory(configPath: string): string {
  const directory = dirname(resolve(configPath));
  // Without a file there is nothing to include, and on the first start not even the directory.
  return existsSync(directory) ? realpathSync(directory) : directory;
}
