/** Config values as plain data: what differs between two, and what a change makes of one. */
import type { Change } from "./edit-text.ts";
import type { Path } from "./finding.ts";
import { define } from "./json5-tree.ts";

type Plain = Record<string, unknown>;

/** Whether a value is an object with keys: no list, no null. */
export function isObject(value: unknown): value is Plain {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The value at a path; undefined where there is none. A number, or the digits of one, counts through a list. */
export function valueAt(value: unknown, path: Path): unknown {
  let current = value;
  for (const step of path) {
    if (Array.isArray(current)) current = /^\d+$/.test(String(step)) ? current[Number(step)] : undefined;
    else if (isObject(current) && Object.hasOwn(current, step)) current = current[step];
    else return undefined;
  }
  return current;
}

/** A copy with one change made; objects on the way are made where they are missing. */
export function withChange(value: unknown, { path, value: wanted }: Change): unknown {
  const [step, ...rest] = path;
  if (step === undefined) return wanted;
  if (typeof step === "number") {
    const items = Array.isArray(value) ? [...value] : [];
    if (rest.length === 0 && wanted === undefined) items.splice(step, 1);
    else items[step] = withChange(items[step], { path: rest, value: wanted });
    return items;
  }
  const copy = isObject(value) ? copyOf(value) : {};
  if (rest.length > 0 && wanted === undefined && !Object.hasOwn(copy, step)) return copy;
  if (rest.length === 0 && wanted === undefined) delete copy[step];
  else {
    const inner = Object.hasOwn(copy, step) ? copy[step] : undefined;
    define(copy, step, withChange(inner, { path: rest, value: wanted }));
  }
  return copy;
}

/** What a JSON merge patch (RFC 7396) makes of a value. */
export function mergePatch(value: unknown, patch: unknown): unknown {
  if (!isObject(patch)) return patch;
  const merged = isObject(value) ? copyOf(value) : {};
  for (const [key, wanted] of Object.entries(patch)) {
    if (wanted === null) delete merged[key];
    else define(merged, key, mergePatch(Object.hasOwn(merged, key) ? merged[key] : undefined, wanted));
  }
  return merged;
}

/** The smallest changes that turn one value into the other, in an order in which they can be made. */
export function differences(from: unknown, to: unknown, path: Path = []): Change[] {
  if (Bun.deepEquals(from, to, true)) return [];
  if (isObject(from) && isObject(to)) {
    const removed = Object.keys(from).filter((key) => !Object.hasOwn(to, key));
    return [
      ...removed.map((key) => ({ path: [...path, key], value: undefined })),
      ...Object.entries(to).flatMap(([key, value]) =>
        Object.hasOwn(from, key)
          ? differences(from[key], value, [...path, key])
          : [{ path: [...path, key], value }],
      ),
    ];
  }
  if (Array.isArray(from) && Array.isArray(to)) return listDifferences(from, to, path);
  return [{ path, value: to }];
}

function listDifferences(from: unknown[], to: unknown[], path: Path): Change[] {
  const shorter = Math.min(from.length, to.length);
  let head = 0;
  while (head < shorter && Bun.deepEquals(from[head], to[head], true)) head++;
  let tail = 0;
  while (tail < shorter - head && Bun.deepEquals(from.at(-1 - tail), to.at(-1 - tail), true)) tail++;
  const gone = from.length - head - tail;
  const come = to.length - head - tail;
  if (gone === come) {
    return to
      .slice(head, head + come)
      .flatMap((item, index) => differences(from[head + index], item, [...path, head + index]));
  }
  if (come === 0) {
    // From the back, so that the indices of the others stay what they are.
    return Array.from({ length: gone }, (_, index) => ({
      path: [...path, head + gone - 1 - index],
      value: undefined,
    }));
  }
  if (gone === 0 && tail === 0) {
    return to.slice(head).map((value, index) => ({ path: [...path, head + index], value }));
  }
  return [{ path, value: to }];
}

function copyOf(object: Plain): Plain {
  const copy: Plain = {};
  for (const [key, value] of Object.entries(object)) define(copy, key, value);
  return copy;
}
