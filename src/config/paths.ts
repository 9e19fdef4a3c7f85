import { existsSync } from "node:fs";
import { posix, win32 } from "node:path";
import { type Environment, setting } from "./environment.ts";
import { ConfigError } from "./error.ts";

export interface Locations {
  stateDir: string;
  /** The config to read: `moltbot.json`, or what another version left in the state directory. */
  configPath: string;
  /** The config to write. */
  configTarget: string;
  logDir: string;
  /** The log file unless `logging.file` names another. */
  logFile: string;
  /** Undefined for the main profile. */
  profile: string | undefined;
}

export interface LocateOptions {
  env: Environment;
  home: string;
  platform: NodeJS.Platform;
  profile?: string | undefined;
  /** Whether a file or directory exists; a parameter so that a test needs no disk. */
  exists?: (path: string) => boolean;
}

const formerConfigs = ["clawdbot.json", "openclaw.json"];

/** Where everything lies: `MOLTBOT_STATE_DIR`, else an existing `~/.moltbot`, else the platform's place. */
export function locate({ env, home, platform, profile, exists = existsSync }: LocateOptions): Locations {
  const { join, resolve } = platform === "win32" ? win32 : posix;
  const absolute = (path: string) => resolve(path.replace(/^~(?=$|[/\\])/, () => home));
  const name = profileOf(profile ?? setting(env, "PROFILE"));
  const suffix = name === undefined ? "" : `-${name}`;

  const dotted = join(home, ".moltbot");
  const explicit = setting(env, "STATE_DIR");
  const base =
    explicit !== undefined
      ? absolute(explicit)
      : exists(dotted) || exists(dotted + suffix)
        ? dotted
        : platformPlace({ env, home, platform });
  const stateDir = base + suffix;

  const configured = setting(env, "CONFIG_PATH");
  const configTarget = configured === undefined ? join(stateDir, "moltbot.json") : absolute(configured);
  const former = formerConfigs.map((file) => join(stateDir, file)).find(exists);
  const configPath =
    configured === undefined && former !== undefined && !exists(configTarget) ? former : configTarget;
  const logDir = join(stateDir, "logs");
  return { stateDir, configPath, configTarget, logDir, logFile: join(logDir, "moltbot.log"), profile: name };
}

function platformPlace({ env, home, platform }: Omit<LocateOptions, "exists">): string {
  if (platform === "darwin") return posix.join(home, "Library", "Application Support", "moltbot");
  if (platform === "win32") {
    return win32.join(env.LOCALAPPDATA || win32.join(home, "AppData", "Local"), "moltbot");
  }
  // The XDG specification has relative values ignored.
  const xdg = env.XDG_STATE_HOME;
  const base = xdg !== undefined && posix.isAbsolute(xdg) ? xdg : posix.join(home, ".local", "state");
  return posix.join(base, "moltbot");
}

function profileOf(name: string | undefined): string | undefined {
  if (name === undefined || name === "default") return undefined;
  if (/^[A-Za-z0-9][A-Za-z0-9_-]{0,31}$/.test(name)) return name;
  throw new ConfigError({
    en: `"${name}" is no profile name; use up to 32 letters, digits, "-" and "_", beginning with a letter or digit`,
    zh: `“${name}”不能作配置档名；请用至多 32 个字母、数字、“-”和“_”，以字母或数字开头`,
  });
}
