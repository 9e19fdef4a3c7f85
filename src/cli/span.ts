import type { Language } from "./language.ts";

const units = {
  en: [" d", " h", " m", " s"],
  zh: [" 天", " 小时", " 分", " 秒"],
} as const;

/** A span in its two largest units: `2 h 4 m`. */
export function showSpan(ms: number, language: Language): string {
  const seconds = Math.floor(Math.max(0, ms) / 1000);
  const parts = [
    Math.floor(seconds / 86_400),
    Math.floor(seconds / 3600) % 24,
    Math.floor(seconds / 60) % 60,
    seconds % 60,
  ];
  const first = parts.findIndex((part) => part > 0);
  if (first === -1) return `0${units[language][3]}`;
  return parts
    .map((part, index) => ({ part, unit: units[language][index] ?? "" }))
    .slice(first, first + 2)
    .filter(({ part }) => part > 0)
    .map(({ part, unit }) => `${part}${unit}`)
    .join(" ");
}

/** A size as people say it: `96 MB`. */
export function showBytes(bytes: number): string {
  if (bytes < 1024) return `${bytes} B`;
  if (bytes < 1024 * 1024) return `${Math.round(bytes / 1024)} KB`;
  return `${Math.round(bytes / 1024 / 1024)} MB`;
}
