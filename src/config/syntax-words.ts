/** What is said in English of text that is not JSON5, which is one of a few things. */
export function syntaxInChinese(message: string): string {
  if (message === "invalid end of input") return "文件提前结束";
  const [, levels] = /^nested deeper than (\d+) levels$/.exec(message) ?? [];
  if (levels !== undefined) return `嵌套超过 ${levels} 层`;
  const [, character] = /^invalid character '(.*)'$/s.exec(message) ?? [];
  return character === undefined ? "此处不合语法" : `多余或错误的字符“${character}”`;
}
