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
    if (system) {
      const en = "--system is for Linux; on macOS the service belongs to its user";
      throw new ServiceError({ en, zh: "--system 仅用于 Linux；在 macOS 上服务属于其用户" }, 2);
    }
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
  throw new ServiceError({
    en: `services are for macOS and Linux; on ${platform} let its own supervisor run: moltbot gateway --service`,
    zh: `服务仅支持 macOS 和 Linux；在 ${platform} 上请用其自带的管理程序运行：moltbot gateway --service`,
  });
}
