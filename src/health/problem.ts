import type { Problem } from "#protocol/domains/health.ts";
import type { Sentence } from "#src/lib/sentence.ts";

/** What is wrong, as health lists it; nothing where nothing is. */
export function problemOf(id: string, said: string | Sentence | null): Problem[] {
  if (said === null) return [];
  return [typeof said === "string" ? { id, message: said } : { id, message: said.en, zh: said.zh }];
}
