/** Releases that are built, signed and published for a test, the machine that takes them, and its supervisor. */
import { generateKeyPairSync, type KeyObject, sign } from "node:crypto";
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { freePort, plainEnvironment } from "./executable.ts";

const root = join(import.meta.dir, "../..");

/** As it stands in the names of archives. */
export const target = `linux-${process.arch}`;

export interface Publish {
  version: string;
  executable?: Uint8Array;
  /** The whole archive, in the place of one that is made of the executable. */
  archive?: Uint8Array;
  key?: KeyObject;
  /** Changes the archive after its sum was taken. */
  spoil?: boolean;
}

/** Who makes releases: executables that trust its key, and sources that it signed. */
export interface Releaser extends Disposable {
  readonly directory: string;
  builtAs(version: string): string;
  /** A source of releases, as `build.ts --release` writes it. */
  publish(name: string, releases: readonly Publish[], key?: KeyObject): Promise<string>;
}

/** Builds the executable once for each version. */
export function createReleaser(versions: readonly string[]): Releaser {
  const keys = generateKeyPairSync("ed25519");
  const publicKey = keys.publicKey.export({ format: "der", type: "spki" }).subarray(-32).toString("base64");
  const directory = mkdtempSync(join(tmpdir(), "moltbot-releases-"));
  const builtAs = (version: string) => join(directory, "built", version, "moltbot");
  for (const version of versions) {
    mkdirSync(join(directory, "built", version), { recursive: true });
    const outfile = relative(root, builtAs(version));
    const args = ["--outfile", outfile, "--as-version", version, "--update-key", publicKey];
    const built = Bun.spawnSync([process.execPath, "build.ts", ...args], { cwd: root });
    if (built.exitCode !== 0) throw new Error(`${version} cannot be built: ${built.stderr}`);
  }
  return {
    directory,
    builtAs,
    async publish(name, releases, key = keys.privateKey) {
      const source = join(directory, name);
      mkdirSync(source);
      let sums = "";
      for (const { version, executable = new Uint8Array(), archive, spoil } of releases) {
        const name = `moltbot-${version}-${target}.tar.gz`;
        const bytes = archive ?? (await packed(executable));
        sums += `${new Bun.CryptoHasher("sha256").update(bytes).digest("hex")}  ${name}\n`;
        if (spoil === true) bytes[100] = (bytes[100] ?? 0) ^ 1;
        writeFileSync(join(source, name), bytes);
      }
      writeFileSync(join(source, "SHA256SUMS"), sums);
      const signature = sign(null, Buffer.from(sums), key).toString("base64");
      writeFileSync(join(source, "SHA256SUMS.sig"), `${signature}\n`);
      return source;
    },
    [Symbol.dispose]: () => rmSync(directory, { recursive: true, force: true }),
  };
}

function packed(executable: Uint8Array): Promise<Uint8Array> {
  return new Bun.Archive({ LICENSE: "MIT", moltbot: executable }, { compress: "gzip", level: 1 }).bytes();
}

/** A machine with an executable on it. */
export function machineWith(installed: string) {
  const home = mkdtempSync(join(tmpdir(), "moltbot-machine-"));
  const executable = join(home, "bin", "moltbot");
  mkdirSync(join(home, "bin"));
  copyFileSync(installed, executable);
  const env = plainEnvironment(home);
  return {
    home,
    executable,
    async run(...args: string[]) {
      const child = Bun.spawn([executable, ...args], { cwd: home, env, stdout: "pipe", stderr: "pipe" });
      const [out, err] = await Promise.all([
        new Response(child.stdout).text(),
        new Response(child.stderr).text(),
      ]);
      return { code: await child.exited, out, err };
    },
    async version() {
      return (await this.run("--version")).out.split(" ")[1];
    },
    [Symbol.dispose]: () => rmSync(home, { recursive: true, force: true }),
  };
}

/** Starts the gateway again as systemd would, or as launchd where only 0 is final, until it is told to end. */
export function supervise(
  { home, executable }: { home: string; executable: string },
  { final = [0, 78] }: { final?: readonly number[] } = {},
) {
  const port = String(freePort());
  const env = plainEnvironment(home, { MOLTBOT_SUPERVISED: "1" });
  let ending = false;
  let child: Bun.Subprocess | undefined;
  const codes: (number | null)[] = [];
  const done = (async () => {
    while (!ending) {
      child = Bun.spawn([executable, "gateway", "--port", port], {
        cwd: home,
        env,
        stdout: "ignore",
        stderr: "ignore",
      });
      const code = await child.exited.then(() => child?.exitCode ?? null);
      codes.push(code);
      if (code !== null && final.includes(code)) return;
      await Bun.sleep(20);
    }
  })();
  return {
    codes,
    async ready() {
      while ((await fetch(`http://127.0.0.1:${port}/readyz`).catch(() => null))?.ok !== true)
        await Bun.sleep(10);
    },
    async version() {
      const answer = await fetch(`http://127.0.0.1:${port}/startupz`);
      return ((await answer.json()) as { version: string }).version;
    },
    async [Symbol.asyncDispose]() {
      ending = true;
      child?.kill("SIGKILL");
      await done;
    },
  };
}
