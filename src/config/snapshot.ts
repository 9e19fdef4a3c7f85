import { readFileSync } from "node:fs";
import type { Result } from "#protocol";
import type { Environment } from "./environment.ts";
import { ConfigError } from "./error.ts";
import { defaultConfig, hashOf, type LoadedConfig, loadConfig } from "./load.ts";
import { redacted, redactedText } from "./redact.ts";

/** What `config.get` answers, read afresh and without secrets; also for a file that could not be started with. */
export function configSnapshot(path: string, env: Environment): Result<"config.get"> {
  try {
    return toSnapshot(loadConfig({ path, env }));
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return brokenSnapshot(path, error);
  }
}

function toSnapshot(loaded: LoadedConfig): Result<"config.get"> {
  return {
    path: loaded.path,
    exists: loaded.exists,
    raw: loaded.raw === null ? null : redactedText(loaded.raw),
    parsed: redacted(loaded.parsed),
    valid: loaded.issues.length === 0,
    config: redacted(loaded.config, loaded.references),
    hash: loaded.hash,
    issues: loaded.issues,
    warnings: loaded.warnings,
    legacyIssues: loaded.legacyIssues,
  };
}

function brokenSnapshot(path: string, error: ConfigError): Result<"config.get"> {
  const raw = textOf(path);
  return {
    path,
    exists: raw !== null,
    raw: raw === null ? null : redactedText(raw),
    parsed: {},
    valid: false,
    config: defaultConfig(),
    hash: hashOf(raw),
    issues: error.issues,
    warnings: [],
    legacyIssues: [],
  };
}

function textOf(path: string): string | null {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return null;
  }
}
