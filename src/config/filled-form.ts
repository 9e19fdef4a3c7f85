/**
 * Forms send back the whole config as `config.get` fills it in. Written as it comes, every default of today would be
 * fixed in the file, and what this build does not know would be gone.
 */
import { define } from "./json5-tree.ts";
import { isObject } from "./value-change.ts";

/** Whether a value was made out of the filled config: it names most of what only defaults say. */
export function isFilled(sent: unknown, parsed: unknown, filled: unknown): boolean {
  const counted = countDefaults(sent, parsed, filled);
  return counted.all > 0 && counted.named * 2 > counted.all;
}

function countDefaults(sent: unknown, parsed: unknown, filled: unknown): { all: number; named: number } {
  if (!isObject(filled)) {
    return parsed === undefined ? { all: 1, named: sent === undefined ? 0 : 1 } : { all: 0, named: 0 };
  }
  const total = { all: 0, named: 0 };
  for (const [key, value] of Object.entries(filled)) {
    const { all, named } = countDefaults(own(sent, key), own(parsed, key), value);
    total.all += all;
    total.named += named;
  }
  return total;
}

/** What the file has to say so that it amounts to the form: defaults left out, unknown keys kept. */
export function unfilled(sent: unknown, parsed: unknown, filled: unknown): unknown {
  if (Array.isArray(sent)) {
    return sent.map((item, index) => {
      const at = placeOf(item, index, filled);
      return unfilled(item, itemAt(parsed, at), itemAt(filled, at));
    });
  }
  if (!isObject(sent)) return sent;
  const written = isObject(parsed) ? parsed : {};
  const result = {};
  for (const [key, value] of Object.entries(written)) {
    // The form shows what is in `filled`: what it does not send of that was taken away by hand.
    if (!Object.hasOwn(sent, key) && own(filled, key) === undefined) define(result, key, value);
    else if (Object.hasOwn(sent, key)) define(result, key, unfilled(sent[key], value, own(filled, key)));
  }
  for (const [key, value] of Object.entries(sent)) {
    if (Object.hasOwn(written, key)) continue;
    const standard = own(filled, key);
    if (Bun.deepEquals(value, standard, true)) continue;
    define(result, key, unfilled(value, undefined, standard));
  }
  return result;
}

function placeOf(item: unknown, index: number, filled: unknown): number {
  if (!Array.isArray(filled)) return -1;
  const id = own(item, "id");
  if (typeof id === "string") return filled.findIndex((each) => own(each, "id") === id);
  const same = filled.findIndex((each) => Bun.deepEquals(each, item, true));
  return same >= 0 ? same : index;
}

function itemAt(list: unknown, index: number): unknown {
  return Array.isArray(list) ? list[index] : undefined;
}

function own(value: unknown, key: string): unknown {
  return isObject(value) && Object.hasOwn(value, key) ? value[key] : undefined;
}
