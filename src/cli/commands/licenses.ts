import { suggest } from "#src/config/suggest.ts";
import { jsonArg } from "../ask.ts";
import { defineCommand } from "../command.ts";
import { UsageError } from "../exit.ts";
import { pad, widest } from "../layout.ts";
import type { Notice, Notices } from "../notices/collect.ts";
import { paintFor, type Terminal } from "../terminal.ts";
import { texts } from "../texts.ts";

export const licenses = defineCommand({
  summary: { en: "Show whose work is inside, and under which terms", zh: "显示所含软件及其许可证" },
  examples: [
    "moltbot licenses",
    "moltbot licenses preact",
    "moltbot licenses --full",
    "moltbot licenses --json",
  ],
  args: {
    name: {
      type: "positional",
      required: false,
      summary: { en: "the terms of this part alone", zh: "只显示该部分的许可证" },
    },
    full: { type: "boolean", summary: { en: "all terms, word for word", zh: "全部许可证全文" } },
    ...jsonArg,
  },
  async run({ name, full, json }, terminal) {
    const { readNotices } = await import("../notices/notices.ts");
    const all = await readNotices();
    const chosen = name === undefined ? all : only(name, all, terminal);
    if (json) terminal.print(JSON.stringify(chosen, null, 2));
    else terminal.print(full || name !== undefined ? inFull(chosen, terminal) : overview(chosen, terminal));
  },
});

function only(name: string, all: Notices, terminal: Terminal): Notices {
  const notices = all.notices.filter((notice) => notice.name === name);
  if (notices.length > 0) return { combined: null, notices, texts: textsFor(notices, all) };
  const say = texts[terminal.language];
  const meant = suggest(
    name,
    all.notices.map((notice) => notice.name),
  );
  throw new UsageError(say.notInside(name), meant === undefined ? undefined : say.didYouMean(meant));
}

function textsFor(notices: readonly Notice[], { texts: all }: Notices): Notices["texts"] {
  return all.filter((text) => notices.some(({ license }) => license.includes(text.license)));
}

function overview({ combined, notices }: Notices, terminal: Terminal): string {
  const nameWidth = widest(notices.map(({ name }) => name));
  const versionWidth = widest(notices.map(({ version }) => version));
  const lines = notices.map(
    ({ name, version, license }) => `${pad(name, nameWidth)}  ${pad(version, versionWidth)}  ${license}`,
  );
  return [
    ...lines,
    ...(combined === null ? [] : ["", combined.trim()]),
    "",
    texts[terminal.language].fullLicenses,
  ].join("\n");
}

function inFull({ combined, notices, texts: standard }: Notices, terminal: Terminal): string {
  const paint = paintFor(terminal);
  return [
    ...(combined === null ? [] : [combined.trim()]),
    ...notices.map(
      ({ name, version, license, text }) =>
        `${paint.bold(`${name} ${version} · ${license}`)}\n\n${text.trim()}`,
    ),
    ...standard.map(({ license, text }) => `${paint.bold(license)}\n\n${text.trim()}`),
  ].join("\n\n\n");
}
