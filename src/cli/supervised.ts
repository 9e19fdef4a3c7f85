/** What the gateway does differently where launchd or systemd keeps it running. */
import { fstatSync, ftruncateSync } from "node:fs";
import { type Environment, setting } from "#src/config/environment.ts";
import { ConfigError } from "#src/config/error.ts";
import { type GatewayFlags, type ResolvedGateway, resolveGateway } from "#src/config/gateway.ts";
import { type LoadedConfig, loadConfig } from "#src/config/load.ts";
import { DiskTrouble } from "#src/lib/start-errors.ts";

export interface Settled {
  loaded: LoadedConfig;
  resolved: ResolvedGateway;
}

export interface Supervision {
  /** What to start with: what the config says, or the control plane alone where it is wrong and launchd would insist. */
  settle(): Settled;
  /** Why only the control plane is served; null where all is. */
  readonly problem: string | null;
  /** Whether nobody keeps and trims what is said on standard output. */
  readonly unread: boolean;
  /** Calls `mended` once, when the config that was wrong no longer is; the returned function ends the waiting. */
  untilMended(mended: () => void): () => void;
  /** Whether a second gateway on the same state is to end as if it had done its work. */
  readonly endsQuietly: boolean;
}

export interface SupervisionOptions {
  configPath: string;
  env: Environment;
  flags: GatewayFlags;
  /** Whether the supervisor starts again whatever did not end with 0; launchd does. */
  insists: boolean;
  /** How often a config that is wrong is looked at again. */
  lookEveryMs?: number;
}

/**
 * Opens again and again while the disk is full or read-only: a supervisor gives up after so many ends, and nobody would
 * start the gateway once there is room.
 */
export async function openWhenDiskAllows<T>(
  open: () => Promise<T>,
  told: (why: string) => void,
  everyMs = 10_000,
): Promise<T> {
  for (;;) {
    try {
      return await open();
    } catch (error) {
      if (!(error instanceof DiskTrouble)) throw error;
      told(error.message);
      await Bun.sleep(everyMs);
    }
  }
}

/** The most that standard output and error may have gathered in files before a start empties them. */
const mostSaid = 1024 * 1024;

/**
 * Our systemd unit names the exit codes that are final. launchd starts again whatever did not end with 0: there a gateway
 * with a wrong config stays up, lets in only its own command line and page, and says what is wrong.
 */
export function supervise(options: SupervisionOptions): Supervision {
  const { insists, configPath, env, flags, lookEveryMs = 2_000 } = options;
  let problem: string | null = null;
  const wanted = (): Settled => {
    const loaded = loadConfig({ path: configPath, env });
    return { loaded, resolved: resolveGateway(loaded.config, loaded.env, flags) };
  };
  return {
    settle() {
      try {
        return wanted();
      } catch (error) {
        if (!insists || !(error instanceof ConfigError)) throw error;
        problem = error.message;
        return controlPlane(problem, options);
      }
    },
    get problem() {
      return problem;
    },
    // The journal keeps to a size of its own.
    unread: env.JOURNAL_STREAM === undefined,
    untilMended(mended) {
      if (problem === null) return () => {};
      const timer = setInterval(() => {
        try {
          wanted();
        } catch {
          return;
        }
        clearInterval(timer);
        mended();
      }, lookEveryMs);
      return () => clearInterval(timer);
    },
    endsQuietly: insists,
  };
}

/** The defaults on loopback, behind a secret that nobody has: only the key in the state directory opens. */
function controlPlane(problem: string, { configPath, env, flags }: SupervisionOptions): Settled {
  const defaults = loadConfig({ path: configPath, env: {}, text: "{}" });
  // With an issue of its own it is never kept as the last config that was right.
  const loaded = { ...defaults, issues: [{ path: "", message: problem }] };
  const closed = { token: Buffer.from(crypto.getRandomValues(new Uint8Array(32))).toString("base64url") };
  const port = flags.port ?? setting(env, "GATEWAY_PORT");
  try {
    return { loaded, resolved: resolveGateway(loaded.config, {}, { ...closed, port }) };
  } catch {
    // It is the port that is wrong.
    return { loaded, resolved: resolveGateway(loaded.config, {}, closed) };
  }
}

/** Empties the files behind standard output and error when they have grown: launchd only ever adds to them. */
export function trimSaid(descriptors: readonly number[] = [1, 2]): void {
  for (const descriptor of descriptors) {
    try {
      const { size } = fstatSync(descriptor);
      if (fstatSync(descriptor).isFile() && size > mostSaid) ftruncateSync(descriptor, 0);
    } catch {
      // It is closed, which is no reason not to start.
    }
  }
}
