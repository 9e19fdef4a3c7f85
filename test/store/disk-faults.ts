/** Disks that fail: the kernel's answers are replaced by strace, where there is one and it may trace. */

const writes = "pwrite64,fsync,fdatasync,ftruncate,rename,renameat,renameat2,unlink";

/** Which of a program's changes to the disk fails, counted from 1; or that one and all that follow. */
export interface DiskFault {
  nth: number;
  onwards: boolean;
  error: "ENOSPC" | "EIO";
  /** Where strace notes what it did. */
  notes: string;
}

/** A command whose disk fails so. The process that it starts is the program itself, not strace. */
export function onFailingDisk(
  command: readonly string[],
  { nth, onwards, error, notes }: DiskFault,
): string[] {
  const when = `when=${nth}${onwards ? "+" : ""}`;
  return [
    ...["strace", "-D", "-f", "-qq", "--seccomp-bpf", "-o", notes],
    ...["-e", `trace=${writes}`, "-e", `inject=${writes}:error=${error}:${when}`, ...command],
  ];
}

/** Whether disks can be made to fail here; says so where they cannot. */
export const disksCanFail: boolean = (() => {
  const works =
    process.platform === "linux" &&
    Bun.which("strace") !== null &&
    Bun.spawnSync(["strace", "-f", "-qq", "--seccomp-bpf", "-o", "/dev/null", "-e", "trace=fsync", "true"])
      .success;
  const why = "failing disks cannot be tried, as strace is missing or may not trace";
  if (!works && process.env.MOLTBOT_TEST_REQUIRE_ALL === "1") throw new Error(why);
  if (!works) console.warn(`SKIPPED: ${why}`);
  return works;
})();
