import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** The file of the service that `brew services start` has made, for this user or as root; null where it has not. */
export function homebrewService(home: string, platform: NodeJS.Platform): string | null {
  const plist = "homebrew.mxcl.moltbot.plist";
  const unit = "homebrew.moltbot.service";
  const paths =
    platform === "darwin"
      ? [join(home, "Library/LaunchAgents", plist), join("/Library/LaunchDaemons", plist)]
      : [
          join(home, ".config/systemd/user", unit),
          ...["/etc/systemd/system", "/usr/lib/systemd/system"].map((directory) => join(directory, unit)),
        ];
  return paths.find((path) => existsSync(path)) ?? null;
}

/** Whether this process runs in the unit that Homebrew writes for systemd, which knows no final exit codes. */
export function isInHomebrewUnit(cgroupFile = "/proc/self/cgroup"): boolean {
  return existsSync(cgroupFile) && /\/homebrew\.[^/]+\.service$/m.test(readFileSync(cgroupFile, "utf8"));
}
