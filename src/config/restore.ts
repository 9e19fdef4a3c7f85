/** The way back from what `config.get` shows: marks become the secrets again that they stand for. */
import { GatewayError } from "#src/lib/errors.ts";
import { redactedMarker } from "#src/lib/redact.ts";
import { type Path, showPath } from "./finding.ts";
import { define, parseTree, type TreeNode } from "./json5-tree.ts";
import { comment, redacted, redactedText } from "./redact.ts";
import { isObject } from "./value-change.ts";

/** The file as it stands: its values as written, and the same without secrets. */
export interface Secretive {
  real: unknown;
  shown: unknown;
}

export function secretive(parsed: unknown): Secretive {
  return { real: parsed, shown: redacted(parsed) };
}

/** A copy with every mark replaced; a mark that stands for nothing is refused, so that none is ever written. */
export function restored(value: unknown, file: Secretive, path: Path = []): unknown {
  if (Array.isArray(value)) {
    return value.map((item, index) => restored(item, itemFor(item, index, value, file), [...path, index]));
  }
  if (isObject(value)) {
    const copy = {};
    for (const [key, inner] of Object.entries(value)) {
      define(copy, key, restored(inner, keyOf(file, key), [...path, key]));
    }
    return copy;
  }
  if (typeof value !== "string" || !value.includes(redactedMarker)) return value;
  if (value === file.shown && file.real !== undefined) return file.real;
  throw new GatewayError("INVALID_REQUEST", {
    en: `${showPath(path)} is ${redactedMarker}, and the file has no secret there; write the secret itself`,
    zh: `${showPath(path)} 是 ${redactedMarker}，而文件中那里没有密钥；请写出密钥本身`,
  });
}

/** The same for a text, which keeps its comments and its form. */
export function restoredText(text: string, file: Secretive, fileText: string | null): string {
  const cuts: { from: number; to: number; put: string }[] = [];
  visit(parseTree({ name: "raw", text }), file, [], cuts);
  cuts.sort((one, other) => one.from - other.from);
  let whole = "";
  let from = 0;
  for (const cut of cuts) {
    whole += text.slice(from, cut.from) + cut.put;
    from = cut.to;
  }
  whole += text.slice(from);
  const hidden = hiddenComments(fileText);
  return whole.replace(comment, (found) => (found.startsWith("/") ? (hidden.get(found) ?? found) : found));
}

function visit(
  node: TreeNode,
  file: Secretive,
  path: Path,
  cuts: { from: number; to: number; put: string }[],
): void {
  if (node.kind === "array") {
    const values = node.items.map(plainId);
    node.items.forEach((item, index) => {
      visit(item, itemFor(values[index], index, values, file), [...path, index], cuts);
    });
  } else if (node.kind === "object") {
    for (const [key, entry] of node.entries) visit(entry.node, keyOf(file, key), [...path, key], cuts);
    for (const [key, entry] of node.shadowed ?? []) visit(entry.node, keyOf(file, key), [...path, key], cuts);
  } else {
    const value = restored(node.value, file, path);
    if (value !== node.value) cuts.push({ from: node.at.offset, to: node.end, put: JSON.stringify(value) });
  }
}

/** Comments of the file that are shown without a secret, by how they are shown. */
function hiddenComments(fileText: string | null): Map<string, string> {
  const found = new Map<string, string>();
  const shown = fileText === null ? null : redactedText(fileText);
  if (fileText === null || shown === null) return found;
  const real = commentsOf(fileText);
  const clean = commentsOf(shown);
  // A comment is cleaned in its place, so the two lists run side by side.
  if (real.length !== clean.length) return found;
  clean.forEach((text, index) => {
    const original = real[index];
    if (original !== undefined && original !== text) found.set(text, original);
  });
  return found;
}

function commentsOf(text: string): string[] {
  return (text.match(comment) ?? []).filter((found) => found.startsWith("/"));
}

function keyOf(file: Secretive, key: string): Secretive {
  return { real: own(file.real, key), shown: own(file.shown, key) };
}

function own(value: unknown, key: string): unknown {
  return isObject(value) && Object.hasOwn(value, key) ? value[key] : undefined;
}

/** What a list's item was: the one with its id, else, in a list as long as before, the one in its place. */
function itemFor(item: unknown, index: number, items: readonly unknown[], file: Secretive): Secretive {
  if (!Array.isArray(file.real) || !Array.isArray(file.shown)) return { real: undefined, shown: undefined };
  const id = idOf(item);
  const same = id === undefined ? -1 : file.real.findIndex((each) => idOf(each) === id);
  const at = same >= 0 ? same : id === undefined && items.length === file.real.length ? index : -1;
  return { real: file.real[at], shown: file.shown[at] };
}

function idOf(item: unknown): string | undefined {
  return isObject(item) && typeof item.id === "string" ? item.id : undefined;
}

/** As much of an item as `itemFor` asks for. */
function plainId(node: TreeNode): unknown {
  if (node.kind !== "object") return undefined;
  const id = node.entries.get("id")?.node;
  return id?.kind === "leaf" ? { id: id.value } : {};
}
