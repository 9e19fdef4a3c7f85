import { existsSync, readFileSync } from "node:fs";
import { basename } from "node:path";
import { writeFileAtomic } from "#src/lib/atomic-file.ts";
import { messageOf } from "#src/lib/errors.ts";
import type { RootLog } from "#src/lib/log.ts";
import type { Sentence } from "#src/lib/sentence.ts";
import type { Environment } from "./environment.ts";
import { ConfigError, type ConfigIssue } from "./error.ts";
import { hashOf, type LoadedConfig, lastGoodOf, loadConfig, readText } from "./load.ts";
import type { Locations } from "./paths.ts";
import { secretsOf } from "./redact.ts";
import { combine, type Section } from "./sections.ts";
import { type Watch, watchFiles } from "./watch.ts";
import type { ConfigChange, WrittenConfig } from "./write.ts";

export interface LiveOptions {
  /** What the gateway starts with. */
  loaded: LoadedConfig;
  paths: Pick<Locations, "configPath" | "configTarget">;
  env: Environment;
  log: RootLog;
  /** Throws a `ConfigError` for a config that the gateway could not start with. */
  judge: (loaded: LoadedConfig) => void;
  /** Called after the file was read anew, whatever came of it. */
  noticed: () => void;
}

/** What came of a change of the file. */
export interface ReloadReport {
  /** False where the file's bytes are those that were read last. */
  changed: boolean;
  applied: readonly string[];
  /** Settings that wait for a restart, these and earlier ones. */
  needsRestart: readonly string[];
  /** Parts that are wrong and stay what they were; an empty name is the whole file. */
  rejected: readonly string[];
}

/** The config as it is in force, while the file changes. */
export interface LiveConfig {
  /** Ask anew for every use: it is never changed, but another takes its place. */
  current(): LoadedConfig;
  /** The file that is read now. */
  path(): string;
  /** Calls `react` after a change of one of the sections has come into force; ends by the returned function. */
  listen(sections: readonly Section[], react: () => void): () => void;
  /** Reads the file now, whatever `gateway.reload.mode` says. */
  reload(): ReloadReport;
  /** Changes the file and takes the change up. Throws a `GatewayError` for what is refused. */
  write(change: ConfigChange): Promise<WrittenConfig & ReloadReport>;
  /** What health says of it: what is wrong with the file, and what waits for a restart. */
  problems(): Sentence[];
  /** How often the file had other bytes than before. */
  readonly revision: number;
  /** From now on the file's changes are noticed, as `gateway.reload` says. */
  watch(): void;
  close(): void;
}

const unchanged = { changed: false, applied: [], rejected: [] };

export function createLiveConfig(options: LiveOptions): LiveConfig {
  const { paths, env, judge, noticed } = options;
  const log = options.log.child("config");
  const listeners = new Set<{ sections: ReadonlySet<Section>; react: () => void }>();
  let running = options.loaded;
  let includes: readonly string[] = running.includes;
  let print = fingerprint(running.raw, includes);
  let issues: readonly Sentence[] = running.issues.map(toSentence);
  let waiting: readonly string[] = [];
  /** What has been logged and still is so; the start has told the first of it. */
  let told = new Set(findingsOf(running).map(({ message }) => message));
  /** Whether the file as it is now was refused as a whole. */
  let refused = false;
  let revision = 0;
  let watching: Watch | null = null;
  let wanted = false;

  const place = () => (existsSync(paths.configTarget) ? paths.configTarget : paths.configPath);

  function reload(): ReloadReport {
    const path = place();
    const seen = fingerprintOf(path, includes);
    if (seen === print) return { ...unchanged, needsRestart: waiting };
    revision += 1;
    print = seen;
    try {
      return adopt(read(path));
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
      refused = true;
      const { message, zh = message } = error;
      issues = [{ en: `the config stays what it was: ${message}`, zh: `配置保持原样：${zh}` }];
      log.error("config rejected", { problem: error.message });
      noticed();
      return { changed: true, applied: [], needsRestart: waiting, rejected: [""] };
    }
  }

  function read(path: string): LoadedConfig {
    const next = loadConfig({ path, env });
    if (!next.exists && running.exists) {
      throw new ConfigError({
        en: `${basename(path)} is gone; put it back, or restart the gateway to run on defaults`,
        zh: `${basename(path)} 不见了；请放回原处，或重启网关以使用默认配置`,
      });
    }
    judge(next);
    return next;
  }

  function adopt(next: LoadedConfig): ReloadReport {
    for (const secret of secretsOf(next.config)) options.log.secrets.add(secret);
    const frozen = next.config.gateway.reload.mode === "restart";
    const { inForce, applied, needsRestart, rejected } = combine(running, next, frozen);
    const isNew = needsRestart.filter((setting) => !waiting.includes(setting));
    const wasRefused = refused;
    refused = false;
    running = inForce;
    includes = next.includes;
    print = fingerprint(next.raw, includes);
    issues = next.issues.map(toSentence);
    waiting = needsRestart;
    if (next.issues.length === 0) keepGood(next);
    const findings = findingsOf(next);
    for (const { path, message } of findings) {
      if (!told.has(message)) log.warn("config", { path, problem: message });
    }
    told = new Set(findings.map(({ message }) => message));
    if (applied.length + isNew.length + rejected.length > 0) {
      const list = (names: readonly string[]) => (names.length === 0 ? undefined : names.join(", "));
      const facts = { applied: list(applied), needsRestart: list(isNew), rejected: list(rejected) };
      log.info("config reloaded", facts);
    } else if (wasRefused) log.info("the config is right again, and nothing changes by it");
    tell(new Set(applied));
    if (wanted) follow();
    noticed();
    return { changed: true, applied, needsRestart: waiting, rejected };
  }

  function tell(applied: ReadonlySet<Section>): void {
    for (const { sections, react } of listeners) {
      if (sections.isDisjointFrom(applied)) continue;
      try {
        react();
      } catch (error) {
        log.error("a changed config was not taken up", { sections: [...sections].join(", "), error });
      }
    }
  }

  function keepGood({ path, raw }: LoadedConfig): void {
    const kept = lastGoodOf(path);
    try {
      if (raw !== null && readQuietly(kept) !== raw) writeFileAtomic(kept, raw, 0o600);
    } catch (error) {
      log.warn("no copy of the config is kept", { path: kept, error: messageOf(error) });
    }
  }

  /** Watches, or stops to, as the config in force says. */
  function follow(): void {
    if (running.config.gateway.reload.mode === "off") {
      watching?.close();
      watching = null;
    } else if (watching !== null) watching.follow();
    else {
      watching = watchFiles({
        files: () => [...new Set([paths.configTarget, place(), ...includes])],
        debounceMs: () => running.config.gateway.reload.debounceMs,
        changed: () => void reload(),
        failed: (directory, why) => log.warn("changes of the config are not noticed", { directory, why }),
      });
    }
  }

  return {
    current: () => running,
    path: place,
    listen(sections, react) {
      const listener = { sections: new Set(sections), react };
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    reload,
    async write(change) {
      const { writeConfig } = await import("./write.ts");
      const written = writeConfig(change, {
        path: place(),
        target: paths.configTarget,
        env,
        judge,
        overTheWire: true,
      });
      if (!written.changed) return { ...written, ...unchanged, needsRestart: waiting };
      revision += 1;
      return { ...written, ...adopt(written.loaded) };
    },
    problems: () => [...issues, ...(waiting.length === 0 ? [] : [waitingFor(waiting)])],
    get revision() {
      return revision;
    },
    watch() {
      wanted = true;
      follow();
      if (running.issues.length === 0) keepGood(running);
      // It may have changed while the gateway started.
      if (watching !== null) reload();
    },
    close() {
      wanted = false;
      watching?.close();
      watching = null;
    },
  };
}

function toSentence({ message, zh = message }: ConfigIssue): Sentence {
  return { en: message, zh };
}

function waitingFor(settings: readonly string[]): Sentence {
  return {
    en: `restart the gateway for what changed: ${settings.join(", ")}`,
    zh: `以下更改需重启网关后生效：${settings.join("、")}`,
  };
}

function findingsOf({ issues, warnings, legacyIssues }: LoadedConfig): ConfigIssue[] {
  return [...issues, ...warnings, ...legacyIssues];
}

function fingerprintOf(path: string, includes: readonly string[]): string {
  try {
    return fingerprint(readText(path), includes);
  } catch (error) {
    return messageOf(error);
  }
}

/** Stands for the bytes of all files that the config is made of. */
function fingerprint(raw: string | null, includes: readonly string[]): string {
  return hashOf([raw ?? "\0", ...includes.map(readQuietly)].join("\0"));
}

function readQuietly(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "\0";
  }
}
