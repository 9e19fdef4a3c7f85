/** Words that need backticks where a name is expected. */
const keywords = new Set(
  (
    "associatedtype class deinit enum extension fileprivate func import init inout internal let open operator " +
    "private precedencegroup protocol public rethrows static struct subscript typealias var break case catch " +
    "continue default defer do else fallthrough for guard if in repeat return throw switch where while Any as " +
    "await catch false is nil self Self super throws true try actor async final lazy left right set get mutating " +
    "none nonmutating optional override postfix prefix required some unowned weak willSet didSet Type Protocol"
  ).split(" "),
);

/** `per-sender`, `rate_limit`, `INVALID_REQUEST`, `chat.send` → a Swift name in camel case, without escapes. */
export function camel(text: string): string {
  const parts = text.split(/[^A-Za-z0-9]+/).filter((part) => part !== "");
  const name = parts
    .map((part) => (/[a-z]/.test(part) ? part : part.toLowerCase()))
    .map((part, index) => {
      const first = part.slice(0, 1);
      return (index === 0 ? first.toLowerCase() : first.toUpperCase()) + part.slice(1);
    })
    .join("");
  if (name === "") throw new Error(`"${text}" has no letter or digit to make a Swift name from`);
  return /^[0-9]/.test(name) ? `_${name}` : name;
}

/** In backticks where Swift wants them. */
export function escaped(name: string): string {
  return keywords.has(name) ? `\`${name}\`` : name;
}

/** Two words may become one Swift name; the contract is then unusable in Swift. */
export function unique(owner: string, names: string[]): void {
  const seen = new Set<string>();
  for (const name of names) {
    if (seen.has(name)) throw new Error(`${owner}: two names become "${name}" in Swift; rename one`);
    seen.add(name);
  }
}

/** A documentation comment, or nothing. */
export function doc(text: string): string {
  return text === "" ? "" : `/// ${text.replaceAll("\n", "\n/// ")}\n`;
}

/** An enum of fixed words that keeps a word which this build does not know. */
export function words(
  name: string,
  list: string[],
  about: string,
  meanings: Record<string, string> = {},
): string {
  const cases = list.map((word) => ({ word, name: escaped(camel(word)) }));
  const rest = cases.some((one) => one.name === "unknown") ? "unrecognized" : "unknown";
  unique(name, [...cases.map((one) => one.name), rest]);
  return `${doc(about)}public enum ${name}: RawRepresentable, Codable, Sendable, Hashable {
${cases.map((one) => `${meanings[one.word] ? `    /// ${meanings[one.word]}\n` : ""}    case ${one.name}`).join("\n")}
    /// A word that this build does not know.
    case ${rest}(String)

    public init(rawValue: String) {
        switch rawValue {
${cases.map((one) => `        case ${JSON.stringify(one.word)}: self = .${one.name}`).join("\n")}
        default: self = .${rest}(rawValue)
        }
    }

    public var rawValue: String {
        switch self {
${cases.map((one) => `        case .${one.name}: ${JSON.stringify(one.word)}`).join("\n")}
        case .${rest}(let word): word
        }
    }
}`;
}
