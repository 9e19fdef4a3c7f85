import { lineAndColumn } from "#src/config/json5-tree.ts";
import type { LoadFinding } from "#src/config/load.ts";
import { showGiven, showWanted } from "#src/config/wanted.ts";
import type { Language } from "./language.ts";

/** What is wrong with the config at one spot, and what comes of it, in one line; file by file, line by line. */
export function configLines(findings: readonly LoadFinding[], file: string, language: Language): string[] {
  const spots = findings.map((finding) => ({ finding, ...spotOf(finding) }));
  const rank = ({ name }: { name: string }) => (name === "" || name === file ? "" : name);
  spots.sort((a, b) => Number(rank(a) > rank(b)) - Number(rank(a) < rank(b)) || a.line - b.line);
  return spots.map(({ finding, name, line }) => {
    const where =
      line === 0 ? "" : name === file ? say[language].line(line) : say[language].lineIn(name, line);
    return where + say[language].what(finding) + consequence(finding, language);
  });
}

function spotOf({ place }: LoadFinding): { name: string; line: number } {
  if (place === undefined) return { name: "", line: 0 };
  return { name: place.source.name, line: lineAndColumn(place).line };
}

function consequence({ switchesOff, parts }: LoadFinding, language: Language): string {
  if (switchesOff !== null) return say[language].off(switchesOff);
  return parts?.is === "unknown-key" ? say[language].ignored : "";
}

const en = {
  line: (line: number) => `line ${line}: `,
  lineIn: (file: string, line: number) => `${file} line ${line}: `,
  off: (section: string) => ` – ${section} is OFF until fixed`,
  ignored: " (ignored)",
  what({ parts, message }: LoadFinding): string {
    switch (parts?.is) {
      case "unknown-key": {
        const meant = parts.meant === null ? "" : ` – did you mean "${parts.meant}"?`;
        return `unknown key "${parts.key}"${meant}`;
      }
      case "wrong":
        return `${parts.key} must be ${showWanted(parts.wanted)}, not ${showGiven(parts.given)}`;
      default:
        return message;
    }
  },
};

const zh: typeof en = {
  line: (line) => `第 ${line} 行：`,
  lineIn: (file, line) => `${file} 第 ${line} 行：`,
  off: (section) => `；修正之前停用 ${section}`,
  ignored: "（已忽略）",
  what: ({ zh: said }) => said,
};

const say = { en, zh };
