import { isSecretKey, redactedMarker, redactForms, redactValues } from "#src/lib/redact.ts";
import { type Path, showPath } from "./finding.ts";
import { define, type LeafNode, parseTree, type TreeNode } from "./json5-tree.ts";

/** Values shorter than this are not looked for in other texts: they would hide ordinary words. */
const searchedLength = 6;

/** Whether what stands at a path is a secret by its name; texts under `env` and header values always are. */
export function isSecretPath(path: Path): boolean {
  const keys = path.filter((step) => typeof step === "string");
  return keys[0] === "env" || keys.includes("headers") || keys.some(isSecretKey);
}

function isSecretLeaf(path: Path, value: unknown): boolean {
  if (typeof value === "number") return !/tokens$/i.test(String(path.at(-1))) && isSecretPath(path);
  return typeof value === "string" && value !== "" && isSecretPath(path);
}

/** Every secret text in a config, for the log's list of what must never appear. */
export function secretsOf(value: unknown, path: Path = [], found = new Set<string>()): Set<string> {
  if (Array.isArray(value)) value.forEach((item, index) => void secretsOf(item, [...path, index], found));
  else if (typeof value === "object" && value !== null) {
    for (const [key, child] of Object.entries(value)) secretsOf(child, [...path, key], found);
  } else if (isSecretLeaf(path, value) && String(value).length >= searchedLength) found.add(String(value));
  return found;
}

/**
 * A copy without secrets. What came out of `${VAR}` stands there as it was written; a secret that is repeated in
 * another text is taken out of it too.
 */
export function redacted<T>(value: T, references: ReadonlyMap<string, string> = new Map()): T {
  const secrets = secretsOf(value);
  const visit = (current: unknown, path: Path): unknown => {
    if (Array.isArray(current)) return current.map((item, index) => visit(item, [...path, index]));
    if (typeof current === "object" && current !== null) {
      const copy = {};
      for (const [key, child] of Object.entries(current)) define(copy, key, visit(child, [...path, key]));
      return copy;
    }
    const reference = typeof current === "string" ? references.get(showPath(path)) : undefined;
    if (reference !== undefined) return isSecretPath(path) ? bareReference(reference) : reference;
    if (isSecretLeaf(path, current)) return redactedMarker;
    return typeof current === "string" ? redactForms(redactValues(current, secrets)) : current;
  };
  return visit(value, []) as T;
}

/** A reference that is all there is; with text around it, that text may be part of the secret. */
function bareReference(written: string): string {
  return /^\$\{[A-Z_][A-Z0-9_]*\}$/.test(written) ? written : redactedMarker;
}

/** The file's text without secrets, comments included; null where it is not JSON5, since then nothing is certain. */
export function redactedText(text: string): string | null {
  let root: TreeNode;
  try {
    root = parseTree({ name: "config", text });
  } catch {
    return null;
  }
  const leaves: LeafNode[] = [];
  collectSecrets(root, [], leaves);
  leaves.sort((one, other) => one.at.offset - other.at.offset);
  let clean = "";
  let from = 0;
  for (const { at, end } of leaves) {
    clean += `${text.slice(from, at.offset)}"${redactedMarker}"`;
    from = end;
  }
  clean += text.slice(from);
  const values = leaves.map(({ value }) => String(value)).filter(({ length }) => length >= searchedLength);
  return redactForms(redactValues(clean.replace(comment, hideAssigned), values));
}

function collectSecrets(node: TreeNode, path: Path, found: LeafNode[]): void {
  if (node.kind === "array")
    node.items.forEach((item, index) => void collectSecrets(item, [...path, index], found));
  else if (node.kind === "object") {
    for (const [key, entry] of [...node.entries, ...(node.shadowed ?? [])]) {
      collectSecrets(entry.node, [...path, key], found);
    }
  } else if (isSecretLeaf(path, node.value) && bareReference(String(node.value)) === redactedMarker)
    found.push(node);
}

/** Strings come first, so that what looks like a comment inside one is passed over. */
export const comment =
  /"(?:[^"\\]|\\[\s\S])*"|'(?:[^'\\]|\\[\s\S])*'|\/\/[^\n\r\u2028\u2029]*|\/\*[\s\S]*?\*\//g;
const assigned = /(["']?)([A-Za-z_$][\w$-]*)\1(\s*[:=]\s*)("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|[^\s,}]+)/g;

function hideAssigned(found: string): string {
  if (!found.startsWith("/")) return found;
  return found.replace(assigned, (whole, quote: string, key: string, middle: string) =>
    isSecretKey(key) ? `${quote}${key}${quote}${middle}"${redactedMarker}"` : whole,
  );
}
