import { join } from "node:path";
import type { Environment } from "#src/config/environment.ts";
import { createLaunchd } from "./launchd.ts";
import { createRunProgram } from "./programs.ts";
import { ServiceError, type Services } from "./services.ts";
import { createSystemd } from "./systemd.ts";

export interface OpenServicesOptions {
  platform: NodeJS.Platform;
  env: Environment;
  home: string;
  uid: number;
  /** The supervisor of the whole computer rather than of this user. */
  system: boolean;
}

/** This computer's supervisor: launchd on macOS, systemd on Linux. */
export function openServices({ platform, env, home, uid, system }: OpenServicesOptions): Services {
  const run = createRunProgram(env);
  if (platform === "darwin") {
    if (system) throw new ServiceError("--system is for Linux; on macOS the service belongs to its user", 2);
    return createLaunchd({ home, uid, run });
  }
  if (platform === "linux") {
    // The specification has relative values ignored.
    const config = env.XDG_CONFIG_HOME?.startsWith("/") ? env.XDG_CONFIG_HOME : join(home, ".config");
    return createSystemd({
      scope: system ? "system" : "user",
      directory: system ? "/etc/systemd/system" : join(config, "systemd/user"),
      run,
    });
  }
  throw new ServiceError(
    `services are for macOS and Linux; on ${platform} let its own supervisor run: moltbot gateway --service`,
  );
}
