import packaged from "../../package.json" with { type: "json" };

// The build puts values in their place; run from source they do not exist.
declare const MOLTBOT_VERSION: string | undefined;
declare const MOLTBOT_COMMIT: string | undefined;
declare const MOLTBOT_BUILT_AT: string | undefined;
declare const MOLTBOT_UPDATE_KEY: string | null | undefined;

/** What this executable is. */
export interface Build {
  version: string;
  /** `dev` when run from source. */
  commit: string;
  /** ISO time; null when run from source. */
  builtAt: string | null;
  /** As in `linux-x64`. */
  target: string;
  bun: string;
  /** The Ed25519 key that releases must be signed by, in base64; null where updating is off. */
  updateKey: string | null;
}

export function build(): Build {
  return {
    version: typeof MOLTBOT_VERSION === "string" ? MOLTBOT_VERSION : packaged.version,
    commit: typeof MOLTBOT_COMMIT === "string" ? MOLTBOT_COMMIT : "dev",
    builtAt: typeof MOLTBOT_BUILT_AT === "string" ? MOLTBOT_BUILT_AT : null,
    target: `${process.platform}-${process.arch}`,
    bun: Bun.version,
    updateKey: typeof MOLTBOT_UPDATE_KEY === "string" ? MOLTBOT_UPDATE_KEY : null,
  };
}

/** One line: name, version, target, commit. */
export function versionLine(): string {
  const { version, target, commit } = build();
  return `moltbot ${version} (${target}, ${commit})`;
}
