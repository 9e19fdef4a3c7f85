import type { Problem } from "#protocol/domains/health.ts";
import type { Sentence } from "#src/lib/sentence.ts";

/** What is wrong, as health lists it; nothing where nothing is. */
export function problemOf(id: string, said: Sentence | null): Problem[] {
  return said === null ? [] : [{ id, message: said.en, zh: said.zh }];
}
