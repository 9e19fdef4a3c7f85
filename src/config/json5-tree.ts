/** JSON5 as a tree that remembers where everything stood, so that a complaint can name its line. */

import { messageOf } from "#src/lib/errors.ts";
import type { Sentence } from "#src/lib/sentence.ts";
import { syntaxInChinese } from "./syntax-words.ts";

export interface Source {
  /** How messages name the file. */
  name: string;
  text: string;
}

/** A spot in a file. */
export interface Place {
  source: Source;
  offset: number;
}

export interface ObjectNode {
  kind: "object";
  at: Place;
  end: number;
  entries: Map<string, Entry>;
  /** What an equal key further down has made void. */
  shadowed?: [string, Entry][];
}

export interface ArrayNode {
  kind: "array";
  at: Place;
  end: number;
  items: TreeNode[];
}

export interface LeafNode {
  kind: "leaf";
  at: Place;
  end: number;
  value: string | number | boolean | null;
  /** The text as written, where the value came out of a `${VAR}`. */
  reference?: string;
}

export type TreeNode = ObjectNode | ArrayNode | LeafNode;

export interface Entry {
  keyAt: Place;
  node: TreeNode;
}

/** The text is not JSON5. */
export class SyntaxProblem extends Error {
  override readonly name = "SyntaxProblem";
  readonly zh: string;
  readonly place: Place;

  constructor({ en, zh }: Sentence, place: Place) {
    super(en);
    this.zh = zh;
    this.place = place;
  }
}

const maxDepth = 64;
const tooDeep = `nested deeper than ${maxDepth} levels`;
const space = /[\s\uFEFF]*/y;
const lineComment = /\/\/[^\n\r\u2028\u2029]*/y;
const blockComment = /\/\*[\s\S]*?\*\//y;
const bareWord = /[^\s\uFEFF:,[\]{}"'/]+/y;
const quoted = /"(?:[^"\\]|\\[\s\S])*"|'(?:[^'\\]|\\[\s\S])*'/y;

/** Line and column, both from 1. */
export function lineAndColumn({ source, offset }: Place): { line: number; column: number } {
  const before = source.text.slice(0, offset).split(/\r\n|[\n\r\u2028\u2029]/);
  return { line: before.length, column: (before.at(-1)?.length ?? 0) + 1 };
}

/** `moltbot.json:4:3`. */
export function showPlace(place: Place): string {
  const { line, column } = lineAndColumn(place);
  return `${place.source.name}:${line}:${column}`;
}

/** The file's tree; throws a `SyntaxProblem`. */
export function parseTree(source: Source): TreeNode {
  verify(source);
  return new Scanner(source).whole();
}

/** The plain value of a tree. A `__proto__` key becomes an ordinary property. */
export function toValue(node: TreeNode): unknown {
  if (node.kind === "leaf") return node.value;
  if (node.kind === "array") return node.items.map(toValue);
  const object: Record<string, unknown> = {};
  for (const [key, entry] of node.entries) define(object, key, toValue(entry.node));
  return object;
}

/** Sets an own property even where the key is `__proto__`. */
export function define(object: object, key: string, value: unknown): void {
  Object.defineProperty(object, key, { value, enumerable: true, configurable: true, writable: true });
}

function verify(source: Source): void {
  if (bunReads(source.text)) return;
  try {
    json5().parse(source.text);
  } catch (error) {
    const { lineNumber = 1, columnNumber = 1 } = error as { lineNumber?: number; columnNumber?: number };
    const message = messageOf(error)
      .replace(/^JSON5: /, "")
      .replace(/ at \d+:\d+$/, "");
    throw new SyntaxProblem(
      { en: message, zh: syntaxInChinese(message) },
      { source, offset: offsetOf(source.text, lineNumber, columnNumber) },
    );
  }
}

function bunReads(text: string): boolean {
  try {
    Bun.JSON5.parse(text);
    return true;
  } catch {
    return false;
  }
}

/** Bun's parser does not say where the mistake is; the package does, and is loaded only then. */
function json5(): typeof import("json5") {
  return require("json5");
}

function decode(token: string): unknown {
  return bunReads(token) ? Bun.JSON5.parse(token) : json5().parse(token);
}

function offsetOf(text: string, line: number, column: number): number {
  const ends = /\r\n|[\n\r\u2028\u2029]/g;
  for (let at = 1; at < line && ends.exec(text) !== null; at++);
  return Math.min(ends.lastIndex + column - 1, text.length);
}

/** Walks over text that is known to be JSON5. */
class Scanner {
  private readonly source: Source;
  private position = 0;

  constructor(source: Source) {
    this.source = source;
  }

  whole(): TreeNode {
    this.skip();
    return this.node(0);
  }

  private node(depth: number): TreeNode {
    const at = this.here();
    if (depth > maxDepth) throw new SyntaxProblem({ en: tooDeep, zh: syntaxInChinese(tooDeep) }, at);
    const first = this.source.text[this.position];
    if (first === "{") return this.object(at, depth);
    if (first === "[") return this.array(at, depth);
    const value = decode(this.token()) as LeafNode["value"];
    return { kind: "leaf", at, end: this.position, value };
  }

  private object(at: Place, depth: number): ObjectNode {
    const entries = new Map<string, Entry>();
    const shadowed: [string, Entry][] = [];
    this.position++;
    for (this.skip(); !this.takes("}"); this.skip()) {
      const keyAt = this.here();
      const key = this.key();
      this.skip();
      this.expect(":");
      this.skip();
      const earlier = entries.get(key);
      if (earlier !== undefined) shadowed.push([key, earlier]);
      entries.set(key, { keyAt, node: this.node(depth + 1) });
      this.skip();
      this.takes(",");
    }
    return { kind: "object", at, end: this.position, entries, shadowed };
  }

  private array(at: Place, depth: number): ArrayNode {
    const items: TreeNode[] = [];
    this.position++;
    for (this.skip(); !this.takes("]"); this.skip()) {
      items.push(this.node(depth + 1));
      this.skip();
      this.takes(",");
    }
    return { kind: "array", at, end: this.position, items };
  }

  private key(): string {
    const token = this.token();
    if (/^["']/.test(token)) return String(decode(token));
    return token.includes("\\") ? String(decode(`"${token}"`)) : token;
  }

  private token(): string {
    const found = this.match(quoted) ?? this.match(bareWord);
    if (found === undefined)
      throw new SyntaxProblem({ en: "unexpected character", zh: "此处的字符不合语法" }, this.here());
    return found;
  }

  private skip(): void {
    let before: number;
    do {
      before = this.position;
      this.match(space);
      this.match(lineComment);
      this.match(blockComment);
    } while (this.position !== before);
  }

  private takes(character: string): boolean {
    if (this.source.text[this.position] !== character) {
      if (this.position >= this.source.text.length)
        throw new SyntaxProblem({ en: "unexpected end", zh: "文件提前结束" }, this.here());
      return false;
    }
    this.position++;
    return true;
  }

  private expect(character: string): void {
    if (!this.takes(character))
      throw new SyntaxProblem({ en: `expected ${character}`, zh: `此处应为 ${character}` }, this.here());
  }

  private match(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.position;
    const found = pattern.exec(this.source.text)?.[0];
    if (found !== undefined) this.position += found.length;
    return found;
  }

  private here(): Place {
    return { source: this.source, offset: this.position };
  }
}
