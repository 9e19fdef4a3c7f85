import { realpathSync, rmSync } from "node:fs";
import { dirname } from "node:path";
import type { Release } from "#src/update/release.ts";
import { jsonArg } from "../ask.ts";
import { defineCommand } from "../command.ts";
import { CliError, exits, UsageError } from "../exit.ts";
import { wholeNumber } from "../parse.ts";
import type { Terminal } from "../terminal.ts";
import { type RunningGateway, runningGateway } from "../update-gateway.ts";
import { type UpdateTexts, updateTexts } from "../update-texts.ts";
import { build } from "../version.ts";

export const update = defineCommand({
  summary: { en: "Put the newest release in the place of this executable", zh: "用最新版本替换本程序" },
  examples: [
    "moltbot update --check",
    "moltbot update",
    "moltbot update --rollback",
    "moltbot update --from /media/usb/moltbot",
  ],
  args: {
    check: {
      type: "boolean",
      summary: { en: "only say whether there is a newer one", zh: "只检查是否有新版本" },
    },
    rollback: {
      type: "boolean",
      summary: { en: "go back to the one that ran before", zh: "回到之前的版本" },
    },
    from: {
      type: "string",
      hint: "SOURCE",
      summary: {
        en: "a directory or URL of releases, instead of update.source",
        zh: "发布目录或 URL，代替 update.source",
      },
    },
    timeout: {
      type: "string",
      hint: "SECONDS",
      summary: { en: "within which it must be healthy (30)", zh: "必须恢复健康的时限（30）" },
    },
    profile: {
      type: "string",
      hint: "NAME",
      summary: { en: "the gateway of this profile is restarted", zh: "重启该配置档的网关" },
    },
    ...jsonArg,
  },
  async run({ check, rollback, from, timeout, profile, json }, terminal) {
    const say = updateTexts[terminal.language];
    const withinMs =
      1000 * wholeNumber("--timeout", timeout ?? "30", { min: 1, max: 3600 }, terminal.language);
    if (check && rollback) throw new UsageError(say.checkOrRollback);
    const executable = ownExecutable(say);
    const tell = (result: Outcome) => {
      if (json) terminal.print(JSON.stringify(result.facts, null, 2));
      else for (const line of result.lines) terminal.print(line);
    };
    if (rollback) {
      tell(await alone(executable, say, () => goBack(executable, withinMs, profile, terminal)));
      return;
    }
    const { release, source, target } = await look(executable, from, profile, terminal);
    const { version } = build();
    if (release === null) throw new CliError(exits.failure, say.noneFor(target, source));
    const isNewer = Bun.semver.order(release.version, version) > 0;
    if (!isNewer) {
      tell({ facts: { version, newer: null }, lines: [say.upToDate(version)] });
    } else if (check) {
      tell({ facts: { version, newer: release.version }, lines: [say.available(release.version, version)] });
    } else {
      tell(
        await alone(executable, say, () => bringIn(release, source, executable, withinMs, profile, terminal)),
      );
    }
  },
});

interface Outcome {
  facts: Record<string, unknown>;
  lines: string[];
}

/** The file to exchange; refuses where somebody else looks after it. */
function ownExecutable(say: UpdateTexts): string {
  if (build().commit === "dev") throw new CliError(exits.failure, say.fromSource, say.fromSourceHint);
  const path = realpathSync(process.execPath);
  if (/[\\/](Cellar|Caskroom)[\\/]/.test(path)) {
    throw new CliError(exits.failure, say.byHomebrew(path), "brew upgrade moltbot");
  }
  if (path.startsWith("/nix/store/")) throw new CliError(exits.failure, say.byNix(path));
  return path;
}

/** Two that exchange one executable would leave no way back. */
async function alone(executable: string, say: UpdateTexts, work: () => Promise<Outcome>): Promise<Outcome> {
  const { claimUpdate } = await import("#src/update/swap.ts");
  const release = writing(executable, say, () => claimUpdate(executable));
  if (release === null) throw new CliError(exits.alreadyRunning, say.another);
  try {
    // It may have ended between our start and the claim.
    const found = await versionOf(executable);
    if (found !== build().version) throw new CliError(exits.alreadyRunning, say.exchanged(found));
    return await work();
  } finally {
    release();
  }
}

/** A directory that is full or not ours is said by name. */
function writing<T>(executable: string, say: UpdateTexts, work: () => T): T {
  try {
    return work();
  } catch (cause) {
    const code = cause instanceof Error && "code" in cause ? cause.code : undefined;
    const place = dirname(executable);
    const because = { cause };
    if (code === "ENOSPC" || code === "EDQUOT" || code === "SQLITE_FULL") {
      throw new CliError(exits.failure, say.full(place), undefined, because);
    }
    if (code === "EACCES" || code === "EPERM" || code === "EROFS") {
      throw new CliError(exits.permission, say.notOurs(place), say.notOursHint, because);
    }
    throw cause;
  }
}

async function look(
  executable: string,
  from: string | undefined,
  profile: string | undefined,
  terminal: Terminal,
): Promise<{ release: Release | null; source: string; target: string }> {
  const say = updateTexts[terminal.language];
  const { updateKey: key } = build();
  if (key === null) throw new CliError(exits.failure, say.noKey, say.noKeyHint);
  const source = from ?? (await configuredSource(profile, terminal));
  if (source === undefined) throw new CliError(exits.config, say.noSource, say.noSourceHint);
  const { newestRelease, targetOf } = await import("#src/update/release.ts");
  const target = targetOf(process.platform, process.arch, executable);
  return { release: await newestRelease({ source, key, target }), source, target };
}

async function configuredSource(profile: string | undefined, { env }: Terminal): Promise<string | undefined> {
  const { setting } = await import("#src/config/environment.ts");
  const { locationsFor } = await import("../surroundings.ts");
  const { loadConfig } = await import("#src/config/load.ts");
  const named = setting(env, "UPDATE_SOURCE");
  return named ?? loadConfig({ path: locationsFor(env, profile).configPath, env }).config.update.source;
}

async function bringIn(
  release: Release,
  source: string,
  executable: string,
  withinMs: number,
  profile: string | undefined,
  terminal: Terminal,
): Promise<Outcome> {
  const say = updateTexts[terminal.language];
  const { version: before } = build();
  const { version } = release;
  const { fetchExecutable } = await import("#src/update/release.ts");
  const { stage, swapIn, previousOf } = await import("#src/update/swap.ts");
  const { tryOut } = await import("#src/update/trial.ts");
  const bytes = await fetchExecutable(source, release);
  const staged = writing(executable, say, () => stage(bytes, executable));
  try {
    // Nothing has changed yet: what does not even start never comes into the place.
    const verdict = await tryOut(staged, version, withinMs);
    if (!verdict.healthy)
      throw new CliError(exits.failure, say.trialFailed(version, verdict.why[terminal.language]));
    const gateway = await runningGateway(profile, terminal);
    const backup = gateway === null ? null : await gateway.backUp();
    swapIn(staged, executable);
    const restarted = gateway !== null && (await restartAs(gateway, version, withinMs));
    if (restarted === "unhealthy" && gateway !== null) {
      const { rollBack } = await import("../update-rollback.ts");
      const keptIn = await rollBack({ gateway, executable, before, backup, withinMs, profile, terminal });
      const works = await gateway.isHealthyAs(before, withinMs);
      const restored = keptIn === null ? undefined : say.stateIsBack(keptIn);
      const hint = works ? restored : say.alsoBroken(backup ?? "FILE");
      throw new CliError(exits.failure, say.rolledBack(version, before, withinMs / 1000), hint);
    }
    return {
      facts: { version: before, updatedTo: version, previous: previousOf(executable), backup, restarted },
      lines: [
        say.updated(before, version),
        ...(gateway === null ? [] : [restarted === true ? say.running(version) : say.restartIt]),
        say.wayBack,
      ],
    };
  } finally {
    rmSync(staged, { force: true });
  }
}

/** Whether the gateway was restarted; or that it was and is not well. */
async function restartAs(
  gateway: RunningGateway,
  version: string,
  withinMs: number,
): Promise<boolean | "unhealthy"> {
  if (!(await gateway.restart())) return false;
  return (await gateway.isHealthyAs(version, withinMs)) || "unhealthy";
}

async function goBack(
  executable: string,
  withinMs: number,
  profile: string | undefined,
  terminal: Terminal,
): Promise<Outcome> {
  const say = updateTexts[terminal.language];
  const { previousOf, swapBack } = await import("#src/update/swap.ts");
  if (!(await Bun.file(previousOf(executable)).exists())) throw new CliError(exits.failure, say.noPrevious);
  const version = await versionOf(previousOf(executable));
  if (version === null) throw new CliError(exits.failure, say.previousBroken(previousOf(executable)));
  const { lacksSchema, latestBackup } = await import("../update-rollback.ts");
  if (await lacksSchema(previousOf(executable), profile, terminal)) {
    const backup = latestBackup(profile, terminal) ?? "FILE";
    throw new CliError(exits.failure, say.schemaUnknown(version), say.schemaHint(backup));
  }
  const gateway = await runningGateway(profile, terminal);
  swapBack(executable);
  const restarted = gateway !== null && (await restartAs(gateway, version, withinMs));
  if (restarted === "unhealthy") throw new CliError(exits.failure, say.backButUnwell(version));
  return {
    facts: { version: build().version, wentBackTo: version, restarted },
    lines: [
      say.wentBack(version),
      ...(gateway === null ? [] : [restarted ? say.running(version) : say.restartIt]),
    ],
  };
}

async function versionOf(executable: string): Promise<string | null> {
  try {
    const child = Bun.spawn([executable, "--version"], { stdout: "pipe", stderr: "ignore", stdin: "ignore" });
    const text = await new Response(child.stdout).text();
    return (await child.exited) === 0 ? (/^moltbot (\S+)/.exec(text)?.[1] ?? null) : null;
  } catch {
    return null;
  }
}
