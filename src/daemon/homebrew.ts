import { existsSync } from "node:fs";
import { join } from "node:path";

/** The file of the service that `brew services start` has made for this user; null where it has not. */
export function homebrewService(home: string, platform: NodeJS.Platform): string | null {
  const path =
    platform === "darwin"
      ? join(home, "Library/LaunchAgents/homebrew.mxcl.moltbot.plist")
      : join(home, ".config/systemd/user/homebrew.moltbot.service");
  return existsSync(path) ? path : null;
}
