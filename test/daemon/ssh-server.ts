/** A real SSH server on loopback, with keys of its own, and the person's `ssh` that knows its way there. */
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { missingProgram } from "./supervisor.ts";

const sshd = "/usr/sbin/sshd";

/** Why tests over SSH cannot run here, or null. Where everything is required, that is an error. */
export function missingSsh(): string | null {
  return missingProgram("ssh", "ssh-keygen", sshd);
}

export interface SshServer extends AsyncDisposable {
  /** `user@name`, where only the person's own config knows the name. */
  target: string;
  /** For the one who tunnels: a PATH on which `ssh` reads the config of this server's friend. */
  env: { PATH: string };
  directory: string;
  /** The person's key. */
  key: string;
  /** What the server has logged. */
  log(): string;
  start(): Promise<void>;
  /** Ends the server and every connection to it without a word. */
  kill(): Promise<void>;
  /** Puts these lines in the place of the one that names the key. */
  configure(lines: string): void;
  /** Runs the person's `ssh`. */
  ssh(...args: string[]): { code: number; err: string };
}

export async function openSshServer(): Promise<SshServer> {
  // Short, since a shared connection's socket has a short name.
  const directory = mkdtempSync(join(tmpdir(), "mb-ssh-"));
  const file = (name: string) => join(directory, name);
  const port = freePort();
  for (const name of ["host", "key", "other"]) {
    Bun.spawnSync(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "", "-f", file(name)]);
  }
  copyFileSync(file("key.pub"), file("authorized"));
  const hostKey = readFileSync(file("host.pub"), "utf8").trim();
  writeFileSync(file("known"), `[127.0.0.1]:${port} ${hostKey}\n`);
  writeFileSync(
    file("sshd_config"),
    [
      `Port ${port}`,
      "ListenAddress 127.0.0.1",
      `HostKey ${file("host")}`,
      `AuthorizedKeysFile ${file("authorized")}`,
      "PidFile none",
      "UsePAM no",
      "StrictModes no",
      "PasswordAuthentication no",
      "KbdInteractiveAuthentication no",
      "PermitRootLogin prohibit-password",
      "LogLevel VERBOSE",
      "",
    ].join("\n"),
  );
  const config = file("ssh_config");
  const configure = (lines: string) =>
    writeFileSync(
      config,
      [
        "Host elsewhere",
        "  HostName 127.0.0.1",
        `  Port ${port}`,
        "  IdentitiesOnly yes",
        `  UserKnownHostsFile ${file("known")}`,
        lines === "" ? `  IdentityFile ${file("key")}` : lines,
        "",
      ].join("\n"),
      { mode: 0o600 },
    );
  configure("");
  const bin = file("bin");
  mkdirSync(bin);
  writeFileSync(join(bin, "ssh"), `#!/bin/sh\nexec "${Bun.which("ssh")}" -F "${config}" "$@"\n`);
  chmodSync(join(bin, "ssh"), 0o755);
  const env = { PATH: `${bin}:${process.env.PATH}` };

  let server: Bun.Subprocess | undefined;
  const start = async () => {
    // A server that runs as root wants a place to lock its helpers in.
    if (process.getuid?.() === 0 && !existsSync("/run/sshd")) mkdirSync("/run/sshd", { mode: 0o755 });
    server = Bun.spawn([sshd, "-D", "-f", file("sshd_config"), "-E", file("log")], {
      stdin: "ignore",
      stdout: "ignore",
      stderr: "inherit",
    });
    const alive = server;
    while (!(await takes(port))) {
      if (alive.exitCode !== null) throw new Error(`sshd ended: ${readFileSync(file("log"), "utf8")}`);
      await Bun.sleep(10);
    }
  };
  const kill = async () => {
    if (server === undefined) return;
    const all = [server.pid, ...descendants(server.pid)];
    for (const pid of all) {
      try {
        process.kill(pid, "SIGKILL");
      } catch {
        // It has just ended by itself.
      }
    }
    await server.exited;
    server = undefined;
  };
  await start();
  return {
    target: `${Bun.spawnSync(["id", "-un"]).stdout.toString().trim()}@elsewhere`,
    env,
    directory,
    key: file("key"),
    log: () => (existsSync(file("log")) ? readFileSync(file("log"), "utf8") : ""),
    start,
    kill,
    configure,
    ssh(...args) {
      const ran = Bun.spawnSync([join(bin, "ssh"), ...args], { env, stdin: "ignore" });
      return { code: ran.exitCode, err: ran.stderr.toString() };
    },
    async [Symbol.asyncDispose]() {
      await kill();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

/** A port that nobody has at this moment. */
export function freePort(): number {
  const listener = Bun.listen({ hostname: "127.0.0.1", port: 0, socket: { data() {} } });
  const { port } = listener;
  listener.stop(true);
  return port;
}

export async function takes(port: number): Promise<boolean> {
  try {
    const socket = await Bun.connect({ hostname: "127.0.0.1", port, socket: { data() {} } });
    socket.terminate();
    return true;
  } catch {
    return false;
  }
}

function descendants(of: number): number[] {
  const rows = Bun.spawnSync(["ps", "-axo", "pid=,ppid="]).stdout.toString().trim().split("\n");
  const children = rows
    .map((row) => row.trim().split(/\s+/).map(Number))
    .filter(([, parent]) => parent === of)
    .map(([pid = 0]) => pid);
  return [...children, ...children.flatMap(descendants)];
}
