import { existsSync } from "node:fs";
import { chmod } from "node:fs/promises";
import { homedir, release, userInfo } from "node:os";
import { resolve } from "node:path";
import { jsonArg } from "../ask.ts";
import { defineCommand } from "../command.ts";
import { UsageError } from "../exit.ts";
import { showBytes } from "../span.ts";
import { locationsFor } from "../surroundings.ts";
import { survey } from "../survey.ts";
import type { Terminal } from "../terminal.ts";
import { upkeepTexts } from "../upkeep-texts.ts";
import { readVariables, type Variable } from "../variables.ts";
import { build } from "../version.ts";

const logBytes = 500_000;

export const bugreport = defineCommand({
  summary: {
    en: "Gather what others need to help into one archive, without secrets",
    zh: "把他人协助所需的信息收集到一个不含密钥的压缩包",
  },
  examples: ["moltbot bugreport", "moltbot bugreport /tmp/report.tar.gz"],
  args: {
    file: {
      type: "positional",
      required: false,
      summary: { en: "the archive to make", zh: "要生成的压缩包" },
    },
    ...jsonArg,
    profile: {
      type: "string",
      hint: "NAME",
      summary: { en: "report on this profile", zh: "报告该配置档" },
    },
  },
  async run({ file, json, profile }, terminal) {
    const say = upkeepTexts[terminal.language];
    const { stampOf } = await import("#src/backup/create.ts");
    const path = resolve(file ?? `moltbot-bugreport-${stampOf(Date.now())}.tar.gz`);
    if (existsSync(path)) throw new UsageError(say.reportExists(path));
    const { createScrubber } = await import("#src/doctor/scrub.ts");
    const { knownSecrets } = await import("#src/doctor/secrets.ts");
    const locations = locationsFor(terminal.env, profile);
    const scrub = createScrubber({
      secrets: knownSecrets(locations, terminal.env),
      home: terminal.env.HOME || homedir(),
      user: userInfo().username,
    });
    const contents: Record<string, string> = {};
    const told: { name: string; bytes: number; taken: Record<string, number> }[] = [];
    for (const [name, raw] of Object.entries(await gather(profile, terminal))) {
      const { text, taken } = scrub(raw);
      contents[`moltbot-bugreport/${name}`] = text;
      told.push({ name, bytes: Buffer.byteLength(text), taken });
    }
    await Bun.write(path, "", { mode: 0o600 });
    await chmod(path, 0o600);
    await Bun.write(path, await new Bun.Archive(contents, { compress: "gzip" }).bytes());
    if (json) {
      terminal.print(JSON.stringify({ path, files: told }, null, 2));
      return;
    }
    for (const { name, bytes, taken } of told) {
      const out = Object.entries(taken).map(([kind, count]) => say.takenOfKind(count, kind));
      terminal.print(
        `  ${name} (${showBytes(bytes)})${out.length === 0 ? "" : ` · ${say.takenOut} ${out.join(", ")}`}`,
      );
    }
    terminal.print(say.reported(path));
    terminal.print(say.lookFirst(path));
  },
});

/** The files of the report by name, as they are before anything is taken out. */
async function gather(profile: string | undefined, terminal: Terminal): Promise<Record<string, string>> {
  const { redactedText } = await import("#src/config/redact.ts");
  const { tailLog } = await import("#src/lib/tail.ts");
  const locations = locationsFor(terminal.env, profile);
  const { checked, health } = await survey(profile, terminal);
  const { configPath, logFile } = locations;
  const config = existsSync(configPath) ? redactedText(await Bun.file(configPath).text()) : "";
  const about = {
    ...build(),
    system: `${process.platform} ${release()} ${process.arch}`,
    locale: terminal.env.LC_ALL || terminal.env.LANG || null,
    terminal: terminal.tty,
    madeAt: new Date().toISOString(),
  };
  const variables = readVariables(terminal.env).filter(({ value }) => value !== null);
  return {
    "about.json": JSON.stringify(about, null, 2),
    "paths.json": JSON.stringify(locations, null, 2),
    "environment.txt": variables.map(environmentLine).join(""),
    "config.json5": config ?? "// left out: it is not JSON5, so nothing is certain of what is secret in it\n",
    "doctor.json": JSON.stringify(
      checked.map(({ fix, ...facts }) => ({ ...facts, fixable: fix !== undefined })),
      null,
      2,
    ),
    ...(health === null ? {} : { "health.json": JSON.stringify(withoutSessions(health), null, 2) }),
    "log.jsonl": `${tailLog({ file: logFile, limit: 5_000, maxBytes: logBytes }).lines.join("\n")}\n`,
  };
}

/** Of what others named it is enough that it is set: an address or a name of a person may stand in it. */
function environmentLine({ name, value, own }: Variable): string {
  return own ? `${name}=${value}\n` : `${name} is set\n`;
}

/** Names of sessions are people's numbers and names; how many there are is enough. */
function withoutSessions(health: object): unknown {
  return JSON.parse(JSON.stringify(health, (key, value) => (key === "recent" ? undefined : value)));
}
