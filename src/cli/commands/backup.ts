import { copyFileSync, existsSync, renameSync, rmSync } from "node:fs";
import { resolve } from "node:path";
import type { Result } from "#protocol";
import type { Locations } from "#src/config/paths.ts";
import { type AskFlags, askArgs, findGateway, jsonArg, withClient } from "../ask.ts";
import { defineCommand } from "../command.ts";
import { confirm, yesArg } from "../confirm.ts";
import { CliError, exits, UsageError } from "../exit.ts";
import { outputFile } from "../output-file.ts";
import { showBytes } from "../span.ts";
import type { Terminal } from "../terminal.ts";
import { upkeepTexts } from "../upkeep-texts.ts";
import { build } from "../version.ts";

type Made = Result<"backup.create">;

export const backup = defineCommand({
  summary: {
    en: "Copy database, config and secrets into one checked file, while the gateway runs or not",
    zh: "把数据库、配置和密钥复制到一个经过校验的文件（网关可在运行）",
  },
  examples: ["moltbot backup", "moltbot backup ~/moltbot.db"],
  args: {
    file: {
      type: "positional",
      required: false,
      summary: {
        en: "the file to make; without it, one in the state directory",
        zh: "要生成的文件；省略时放在状态目录中",
      },
    },
    ...jsonArg,
    ...askArgs,
  },
  async run({ file, json, ...flags }, terminal) {
    const say = upkeepTexts[terminal.language];
    const target = file === undefined ? null : outputFile(file, terminal.language);
    if (target?.isThere === true) throw new UsageError(say.reportExists(target.path));
    const { made, here } = await make(flags, terminal, target?.path);
    if (json) {
      terminal.print(JSON.stringify(made, null, 2));
      return;
    }
    terminal.print(here ? say.backedUp(made.path, showBytes(made.bytes)) : say.backedUpThere(made.path));
    if (here) terminal.print(say.putBack(made.path));
  },
});

export const restore = defineCommand({
  summary: {
    en: "Put a backup in the place of what is there, which is kept",
    zh: "用备份替换现有内容（原有内容会保留）",
  },
  examples: ["moltbot restore ~/moltbot.db", "moltbot restore ~/moltbot.db --yes"],
  args: {
    file: {
      type: "positional",
      required: true,
      summary: { en: "what `moltbot backup` made", zh: "`moltbot backup` 生成的文件" },
    },
    ...yesArg,
    ...jsonArg,
    profile: askArgs.profile,
  },
  async run({ file, yes, json, profile }, terminal) {
    const say = upkeepTexts[terminal.language];
    const { locationsFor } = await import("../surroundings.ts");
    const { prepareStateDir } = await import("#src/config/state-dir.ts");
    const { restoreBackup } = await import("#src/backup/restore.ts");
    const { AlreadyRunning } = await import("#src/lib/start-errors.ts");
    const { stateDir, configTarget } = locationsFor(terminal.env, profile);
    const source = resolve(file);
    if (existsSync(source)) await confirm(say.askRestore(source, stateDir), yes, terminal);
    prepareStateDir(stateDir, (message) => terminal.complain(message));
    const { version } = build();
    try {
      const done = restoreBackup({ file: source, stateDir, configTarget, version, now: Date.now });
      if (json) {
        terminal.print(JSON.stringify(done, null, 2));
        return;
      }
      terminal.print(say.restored(source, done.madeAt));
      if (done.keptIn !== null) terminal.print(say.kept(done.keptIn));
      terminal.print(say.startAgain);
    } catch (cause) {
      if (!(cause instanceof AlreadyRunning)) throw cause;
      throw new CliError(exits.alreadyRunning, cause.message, say.stopFirst, { cause });
    }
  },
});

/** By the gateway that has the database open; by this process where none does. */
async function make(
  flags: AskFlags,
  terminal: Terminal,
  target: string | undefined,
): Promise<{ made: Made; here: boolean }> {
  const { locationsFor, surroundings } = await import("../surroundings.ts");
  const around = surroundings(terminal, flags.profile);
  const { own } = await findGateway(flags, terminal);
  if (!own && target !== undefined) throw new UsageError(upkeepTexts[terminal.language].staysThere);
  if (!own || around.holder() !== null) {
    try {
      const made = await withClient(flags, terminal, ["operator.admin"], (client) =>
        client.call("backup.create", {}, { timeoutMs: 600_000 }),
      );
      return { made: target === undefined ? made : moved(made, target), here: own };
    } catch (cause) {
      // What a gateway said of itself may have outlived it.
      if (!(cause instanceof CliError) || cause.exit !== exits.notRunning) throw cause;
    }
  }
  return { made: await makeHere(locationsFor(terminal.env, flags.profile), terminal, target), here: true };
}

function moved(made: Made, target: string): Made {
  try {
    renameSync(made.path, target);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EXDEV") throw error;
    copyFileSync(made.path, target);
    rmSync(made.path);
  }
  return { ...made, path: target };
}

async function makeHere(
  { stateDir, configPath }: Locations,
  { env }: Terminal,
  target: string | undefined,
): Promise<Made> {
  const { backupPath, createBackup } = await import("#src/backup/create.ts");
  const { acquireGatewayLock } = await import("#src/store/lock.ts");
  const { AlreadyRunning } = await import("#src/lib/start-errors.ts");
  if (!existsSync(stateDir)) throw new CliError(exits.failure, `${stateDir} does not exist`);
  const { version } = build();
  const claim = acquireGatewayLock(stateDir, { pid: process.pid, startedAt: Date.now(), version });
  if ("heldBy" in claim) throw new AlreadyRunning(claim.heldBy);
  using _ = claim.lock;
  const path = target ?? backupPath(stateDir, Date.now());
  const includes = await includesOf(configPath, env);
  return await createBackup({ path, stateDir, configPath, includes, version, now: Date.now });
}

async function includesOf(path: string, env: Terminal["env"]): Promise<string[]> {
  const { loadConfig } = await import("#src/config/load.ts");
  try {
    return loadConfig({ path, env }).includes;
  } catch {
    // A config that is wrong is backed up as it is.
    return [];
  }
}
