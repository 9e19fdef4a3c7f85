import type { Environment } from "#src/config/environment.ts";

export type Language = "en" | "zh";

/** One text in both languages. */
export type Text = Readonly<Record<Language, string>>;

/** Chinese where the locale is Chinese, by the precedence that POSIX gives the variables; else English. */
export function languageOf(env: Environment): Language {
  const locale = env.LC_ALL || env.LC_MESSAGES || env.LANG || "";
  return /^zh\b|^zh_/i.test(locale) ? "zh" : "en";
}
