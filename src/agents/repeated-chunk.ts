/**
 * Reads the text of a chunk that differs from an earlier one in nothing but its text, as nearly all chunks of an
 * answer do, without parsing it. Whatever else it is, the caller parses it.
 */
export interface RepeatedChunk {
  /** The text of the chunk; null where it has to be parsed. */
  textOf(data: string): string | null;
  /** A chunk that was parsed, and carries this text and nothing else. */
  learn(data: string, text: string): void;
}

/** Chunks in a row that nothing was gained from, after which no more is learned: this server's all differ. */
const patience = 4;
const key = /"content":\s*"/g;
/** What would have to be unescaped, or is not allowed in a JSON text. */
const special = /["\\\p{Cc}]/u;

export function createRepeatedChunk(): RepeatedChunk {
  let before: string | null = null;
  let after = "";
  let inVain = 0;

  return {
    textOf(data) {
      if (before === null || !data.startsWith(before) || !data.endsWith(after)) return null;
      const text = data.slice(before.length, -after.length);
      if (text === "" || before.length + after.length > data.length || special.test(text)) return null;
      inVain = 0;
      return text;
    },
    learn(data, text) {
      if (inVain === patience) return;
      inVain += 1;
      before = null;
      const [match, other] = data.matchAll(key);
      // Which of two is the text, only a parser can say.
      if (match === undefined || other !== undefined) return;
      const start = match.index + match[0].length;
      const end = start + text.length;
      if (special.test(text) || !data.startsWith(text, start) || data[end] !== '"') return;
      before = data.slice(0, start);
      after = data.slice(end);
    },
  };
}
