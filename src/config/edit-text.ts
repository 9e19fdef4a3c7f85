/** Changes of a JSON5 text in place: whatever is not changed stays byte for byte, comments and quotes included. */
import { type Path, showPath } from "./finding.ts";
import { parseTree, type TreeNode, toValue } from "./json5-tree.ts";
import { valueAt, withChange } from "./value-change.ts";

/** A value for a path, or its removal where `value` is undefined. */
export interface Change {
  path: Path;
  value: unknown;
}

/** The text with the changes made one after another. Where the text cannot be changed that way, it throws. */
export function editText(text: string, changes: readonly Change[]): string {
  let edited = text;
  let expected = valueIn(text);
  for (const change of changes) {
    expected = withChange(expected, change);
    edited = change.value === undefined ? remove(edited, change.path) : put(edited, change);
    // A change that went astray must never reach the file.
    if (!Bun.deepEquals(valueIn(edited), expected, true)) {
      throw new Error(`the text could not be changed at ${showPath(change.path)}`);
    }
  }
  return edited;
}

/** The text with a key called otherwise, in its place and in its way of writing. Where that cannot be, it throws. */
export function renameKey(text: string, path: Path, name: string): string {
  const target = [...path.slice(0, -1), name];
  const value = valueAt(valueIn(text), path);
  const expected = [
    { path, value: undefined },
    { path: target, value },
  ].reduce(withChange, valueIn(text));
  let edited = text;
  if (value === undefined || valueAt(valueIn(text), target) !== undefined) {
    throw new Error(`the key ${showPath(path)} cannot be renamed to ${name}`);
  }
  // An equal key further up would come into force under the old name.
  for (let at = keyAt(edited, path); at !== null; at = keyAt(edited, path)) {
    const [written = ""] =
      /^(?:"(?:[^"\\]|\\[\s\S])*"|'(?:[^'\\]|\\[\s\S])*'|[^\s:/]+)/.exec(edited.slice(at)) ?? [];
    const quote = /^["']/.exec(written)?.[0] ?? "";
    const shown = quote === "" ? showKey(edited, name, at) : quote + name + quote;
    edited = edited.slice(0, at) + shown + edited.slice(at + written.length);
  }
  if (!Bun.deepEquals(valueIn(edited), expected, true)) {
    throw new Error(`the text could not be changed at ${showPath(path)}`);
  }
  return edited;
}

/** Where the key of an object's member stands; null where there is none. */
function keyAt(text: string, path: Path): number | null {
  const { parent, missing } = find(text, path);
  if (missing.length > 0 || parent?.kind !== "object") return null;
  return parent.entries.get(String(path.at(-1)))?.keyAt.offset ?? null;
}

function valueIn(text: string): unknown {
  return toValue(parse(text));
}

function parse(text: string): TreeNode {
  return parseTree({ name: "config", text });
}

interface Found {
  node: TreeNode;
  /** What holds the node; null for the whole. */
  parent: Container | null;
  /** Steps that the text does not have. */
  missing: Path;
}

type Container = Exclude<TreeNode, { kind: "leaf" }>;

function find(text: string, path: Path): Found {
  let node = parse(text);
  let parent: Container | null = null;
  for (const [index, step] of path.entries()) {
    const child: TreeNode | undefined = node.kind === "leaf" ? undefined : childOf(node, step);
    if (child === undefined) return { node, parent, missing: path.slice(index) };
    parent = node as Container;
    node = child;
  }
  return { node, parent, missing: [] };
}

function childOf(node: Container, step: string | number): TreeNode | undefined {
  if (node.kind === "array") return node.items[Number(step)];
  return node.entries.get(String(step))?.node;
}

function put(text: string, { path, value }: Change): string {
  const { node, parent, missing } = find(text, path);
  const [step, ...deeper] = missing;
  const nested = deeper.reduceRight<unknown>((inner, key) => ({ [key]: inner }), value);
  if (step === undefined || node.kind === "leaf" || (node.kind === "array") !== (typeof step === "number")) {
    const whole = step === undefined ? value : { [step]: nested };
    const compact = parent !== null && membersOf(parent).length > 0 && isOneLine(text, parent);
    const shown = print(text, whole, indentAt(text, node.at.offset), compact);
    return text.slice(0, node.at.offset) + shown + text.slice(node.end);
  }
  return insert(text, node, typeof step === "number" ? null : step, nested);
}

/** Puts a member behind the last one; a comment on the last one's line stays there. */
function insert(text: string, container: Container, key: string | null, value: unknown): string {
  const members = membersOf(container);
  const last = members.at(-1);
  const unit = unitOf(text);
  const outer = indentAt(text, container.at.offset);
  const brace = container.end - 1;
  if (last === undefined) {
    const inside = text.slice(container.at.offset + 1, brace).trimEnd();
    const name = key === null ? "" : `${JSON.stringify(key)}: `;
    const eol = eolOf(text);
    const member = `${eol}${outer}${unit}${name}${print(text, value, outer + unit, false)}${eol}${outer}`;
    return text.slice(0, container.at.offset + 1) + inside + member + text.slice(brace);
  }
  const oneLine = isOneLine(text, container);
  const indent = oneLine ? outer : indentAt(text, members[0]?.start ?? 0);
  const name = key === null ? "" : `${showKey(text, key, last.start)}: `;
  const member = name + print(text, value, indent, oneLine);
  const comma = skip(text, last.end);
  const trailing = text[comma] === ",";
  const tail = tailOf(text, trailing ? comma + 1 : last.end);
  const commented = text.slice(last.end, tail).includes("//");
  const gap = oneLine && !commented ? " " : eolOf(text) + indent;
  return (
    text.slice(0, last.end) +
    (trailing ? "" : ",") +
    text.slice(last.end, tail) +
    gap +
    member +
    (trailing ? "," : "") +
    text.slice(tail)
  );
}

function remove(text: string, path: Path): string {
  let rest = text;
  // An equal key further up would come into force in the place of the one that goes.
  for (;;) {
    const { node, parent, missing } = find(rest, path);
    if (missing.length > 0 || parent === null) return rest;
    rest = removeMember(rest, parent, node);
    if (parent.kind === "array") return rest;
  }
}

function removeMember(text: string, container: Container, node: TreeNode): string {
  const members = membersOf(container);
  const index = members.findIndex(({ end }) => end === node.end);
  const member = members[index];
  if (member === undefined) return text;
  const comma = skip(text, member.end);
  if (text[comma] !== ",") {
    const rest = cutOut(text, member.start, member.end, "last");
    const previous = members[index - 1];
    if (previous === undefined) return rest;
    const before = skip(text, previous.end);
    return rest.slice(0, before) + rest.slice(before + 1);
  }
  // A comment between the value and its comma stays.
  if (text.slice(member.end, comma).trim() === "") return cutOut(text, member.start, comma + 1, "inner");
  return cutOut(text.slice(0, comma) + text.slice(comma + 1), member.start, member.end, "inner");
}

/** Takes a member out, with its line where nothing else stands there. */
function cutOut(text: string, start: number, end: number, place: "inner" | "last"): string {
  const line = lineStart(text, start);
  const alone = text.slice(line, start).trim() === "";
  const after = end + (/^[ \t]*/.exec(text.slice(end))?.[0].length ?? 0);
  const lineEnd = /^(\r\n|[\n\r])/.exec(text.slice(after))?.[0].length;
  if (alone && lineEnd !== undefined && line > 0) return text.slice(0, line) + text.slice(after + lineEnd);
  const eatsBefore = !alone && (lineEnd !== undefined || place === "last");
  const from = eatsBefore ? text.slice(0, start).trimEnd().length : start;
  const to = lineEnd === undefined && eatsBefore ? end : after;
  return text.slice(0, from) + text.slice(to);
}

interface Member {
  start: number;
  end: number;
}

/** In the order of the text, with those that an equal key has made void. */
function membersOf(container: Container): Member[] {
  if (container.kind === "array") return container.items.map(({ at, end }) => ({ start: at.offset, end }));
  return [...container.entries, ...(container.shadowed ?? [])]
    .map(([, { keyAt, node }]) => ({ start: keyAt.offset, end: node.end }))
    .sort((one, other) => one.start - other.start);
}

const blanks = /(?:[\s\uFEFF]|\/\/[^\n\r\u2028\u2029]*|\/\*[\s\S]*?\*\/)*/y;
const lineTail = /(?:[ \t]*\/\*[^\n\r]*?\*\/)*(?:[ \t]*\/\/[^\n\r\u2028\u2029]*)?/y;

/** Where the next token stands. */
function skip(text: string, from: number): number {
  blanks.lastIndex = from;
  blanks.exec(text);
  return blanks.lastIndex;
}

/** The end of the comments that follow on the same line. */
function tailOf(text: string, from: number): number {
  lineTail.lastIndex = from;
  lineTail.exec(text);
  return lineTail.lastIndex;
}

function isOneLine(text: string, { at, end }: Container): boolean {
  return !/[\n\r]/.test(text.slice(at.offset, end));
}

function lineStart(text: string, offset: number): number {
  return /[^\n\r]*$/.exec(text.slice(0, offset))?.index ?? 0;
}

/** The blanks at the beginning of the line. */
function indentAt(text: string, offset: number): string {
  return /^[ \t]*/.exec(text.slice(lineStart(text, offset), offset))?.[0] ?? "";
}

function unitOf(text: string): string {
  return /^(\t| {2,8})(?=[^\s*/])/m.exec(text)?.[1] ?? "  ";
}

function eolOf(text: string): string {
  return text.includes("\r\n") ? "\r\n" : "\n";
}

/** Bare where the file writes bare keys. */
function showKey(text: string, key: string, sibling: number): string {
  const quoted = /["']/.test(text[sibling] ?? '"');
  return !quoted && /^[A-Za-z_$][\w$]*$/.test(key) ? key : JSON.stringify(key);
}

function print(text: string, value: unknown, indent: string, compact: boolean): string {
  if (compact) return JSON.stringify(value);
  return JSON.stringify(value, null, unitOf(text)).replaceAll("\n", eolOf(text) + indent);
}
