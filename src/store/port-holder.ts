import { readdirSync, readFileSync, readlinkSync } from "node:fs";

/** A program that listens on a port, as far as this user may know. */
export interface PortHolder {
  pid: number;
  /** The program and what it runs, without options. */
  name: string;
}

/** Who listens on a TCP port of this machine; null where the system does not tell. Nothing is ever ended by this. */
export function portHolder(port: number, platform: NodeJS.Platform = process.platform): PortHolder | null {
  try {
    if (platform === "linux") return fromProc(port);
    return platform === "darwin" ? fromLsof(port) : null;
  } catch {
    return null;
  }
}

function fromProc(port: number): PortHolder | null {
  const sockets = new Set(["/proc/net/tcp", "/proc/net/tcp6"].flatMap((table) => listeners(table, port)));
  if (sockets.size === 0) return null;
  for (const pid of readdirSync("/proc")) {
    if (/^\d+$/.test(pid) && hasSocket(pid, sockets)) return { pid: Number(pid), name: nameOf(pid) };
  }
  return null;
}

/** Inodes of the sockets that listen on the port. Columns: index, local, remote, state, …, inode. */
function listeners(table: string, port: number): string[] {
  const suffix = `:${port.toString(16).toUpperCase().padStart(4, "0")}`;
  const listening = "0A";
  return textOf(table)
    .split("\n")
    .map((line) => line.trim().split(/\s+/))
    .filter((columns) => columns[1]?.endsWith(suffix) && columns[3] === listening)
    .map((columns) => `socket:[${columns[9]}]`);
}

function hasSocket(pid: string, sockets: Set<string>): boolean {
  try {
    const files = `/proc/${pid}/fd`;
    return readdirSync(files).some((file) => sockets.has(linkOf(`${files}/${file}`)));
  } catch {
    // Another user's process, or one that has just ended.
    return false;
  }
}

function linkOf(path: string): string {
  try {
    return readlinkSync(path);
  } catch {
    return "";
  }
}

function nameOf(pid: string): string {
  const words = textOf(`/proc/${pid}/cmdline`).split("\0");
  // Options may carry secrets, so the name ends before the first.
  const options = words.findIndex((word, index) => index > 0 && word.startsWith("-"));
  const command = words.slice(0, options < 0 ? words.length : options).join(" ");
  return shorten(command.trim() || textOf(`/proc/${pid}/comm`).trim() || "unknown");
}

function textOf(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}

function fromLsof(port: number): PortHolder | null {
  const { stdout } = Bun.spawnSync(["lsof", "-nP", `-iTCP:${port}`, "-sTCP:LISTEN", "-Fpc"], {
    stdin: "ignore",
    stderr: "ignore",
    timeout: 2000,
  });
  return parseLsof(stdout.toString());
}

/** Reads `lsof -F pc`: lines that begin with p (pid) and c (command). */
export function parseLsof(output: string): PortHolder | null {
  const pid = /^p(\d+)$/m.exec(output)?.[1];
  const name = /^c(.+)$/m.exec(output)?.[1];
  return pid === undefined ? null : { pid: Number(pid), name: shorten(name ?? "unknown") };
}

/** One printable line. */
function shorten(name: string): string {
  return name.replace(/[^\x20-\x7e]/g, "?").slice(0, 120);
}
