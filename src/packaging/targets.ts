/** A system that an executable is built for. */
export interface Target {
  /** As in the names of archives: `linux-x64-musl`. */
  name: string;
  /** As Bun calls it. */
  bun: `bun-${string}`;
  archive: "tar.gz" | "zip";
  executable: "moltbot" | "moltbot.exe";
}

/** Every system that there are releases for. Linux without `musl` is glibc. */
export const targets: readonly Target[] = [
  { name: "darwin-arm64", bun: "bun-darwin-arm64", archive: "tar.gz", executable: "moltbot" },
  { name: "darwin-x64", bun: "bun-darwin-x64", archive: "tar.gz", executable: "moltbot" },
  { name: "linux-arm64", bun: "bun-linux-arm64", archive: "tar.gz", executable: "moltbot" },
  { name: "linux-arm64-musl", bun: "bun-linux-arm64-musl", archive: "tar.gz", executable: "moltbot" },
  { name: "linux-x64", bun: "bun-linux-x64", archive: "tar.gz", executable: "moltbot" },
  { name: "linux-x64-musl", bun: "bun-linux-x64-musl", archive: "tar.gz", executable: "moltbot" },
  { name: "windows-x64", bun: "bun-windows-x64", archive: "zip", executable: "moltbot.exe" },
];

/** The target of this name, with or without `bun-` before it; the others are named where there is none. */
export function targetNamed(name: string): Target {
  const wanted = name.replace(/^bun-/, "");
  const found = targets.find((target) => target.name === wanted);
  if (found === undefined) {
    throw new Error(
      `there is no target "${name}"; there are: ${targets.map((each) => each.name).join(", ")}`,
    );
  }
  return found;
}
