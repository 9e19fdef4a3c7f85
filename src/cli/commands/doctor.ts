import type { Checked, Fix } from "#src/doctor/finding.ts";
import { jsonArg } from "../ask.ts";
import { defineCommand } from "../command.ts";
import { confirm, yesArg } from "../confirm.ts";
import { CliError, exits, UsageError } from "../exit.ts";
import { fold } from "../layout.ts";
import { locationsFor } from "../surroundings.ts";
import { survey } from "../survey.ts";
import { paintFor, type Terminal } from "../terminal.ts";
import { upkeepTexts } from "../upkeep-texts.ts";

export const doctor = defineCommand({
  summary: { en: "Look for what is wrong, without a change", zh: "检查问题，不做任何更改" },
  examples: ["moltbot doctor", "moltbot doctor --json", "moltbot doctor --fix", "moltbot doctor --undo"],
  args: {
    fix: {
      type: "boolean",
      summary: {
        en: "show what would be changed, ask, and change it",
        zh: "显示将做的更改，确认后执行",
      },
    },
    undo: {
      type: "boolean",
      summary: { en: "take the last --fix back", zh: "撤销上一次 --fix" },
    },
    ...yesArg,
    ...jsonArg,
    profile: {
      type: "string",
      hint: "NAME",
      summary: { en: "look at this profile", zh: "检查该配置档" },
    },
  },
  async run({ fix, undo, yes, json, profile }, terminal) {
    const say = upkeepTexts[terminal.language];
    if (fix && undo) throw new UsageError(say.fixOrUndo);
    if (undo) {
      await takeBack(profile, terminal);
      return exits.ok;
    }
    const { checked } = await survey(profile, terminal);
    const failed = checked.some(({ verdict }) => verdict === "fail");
    if (json) terminal.print(JSON.stringify({ ok: !failed, checks: checked.map(toFacts) }, null, 2));
    else for (const each of checked) show(each, terminal);
    const fixes = checked.flatMap((each) => each.fix ?? []);
    if (fix) await mend(fixes, yes, profile, terminal);
    else if (!json && fixes.length > 0) terminal.print(say.canFix(fixes.length));
    return failed && !fix ? exits.failure : exits.ok;
  },
});

function toFacts({ fix, ...facts }: Checked): Record<string, unknown> {
  return { ...facts, fixable: fix !== undefined };
}

const signs = { ok: "ok", warn: "!", fail: "✗", skipped: "–" } as const;

function show({ id, verdict, message, hint }: Checked, terminal: Terminal): void {
  const paint = paintFor(terminal);
  const color = { ok: paint.green, warn: paint.yellow, fail: paint.red, skipped: paint.dim }[verdict];
  const head = fold(`${id}: ${message}`, terminal.columns, "   ", `${color(signs[verdict].padEnd(2))} `);
  const below = hint === undefined || verdict === "ok" ? [] : fold(hint, terminal.columns, "     ");
  for (const line of [...head, ...below]) terminal.print(line);
}

async function mend(
  fixes: readonly Fix[],
  yes: boolean,
  profile: string | undefined,
  terminal: Terminal,
): Promise<void> {
  const say = upkeepTexts[terminal.language];
  if (fixes.length === 0) {
    terminal.complain(say.nothingToFix);
    return;
  }
  const { applyFixes, diffOf } = await import("#src/doctor/fixes.ts");
  for (const fix of fixes) for (const line of diffOf(fix)) terminal.complain(line);
  await confirm(say.askFix(fixes.length), yes, terminal);
  const directory = applyFixes(fixes, locationsFor(terminal.env, profile).stateDir, Date.now);
  terminal.complain(say.fixed(fixes.length, directory));
}

async function takeBack(profile: string | undefined, terminal: Terminal): Promise<void> {
  const say = upkeepTexts[terminal.language];
  const { diffOf, undoFixes } = await import("#src/doctor/fixes.ts");
  const done = undoFixes(locationsFor(terminal.env, profile).stateDir);
  if (done === null) throw new CliError(exits.failure, say.nothingToUndo);
  for (const fix of done.undone) for (const line of diffOf(fix)) terminal.print(line);
  terminal.print(say.undone(done.undone.length));
}
