import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type ConnectOptions, connectGateway, type GatewayClient } from "#src/client/client.ts";
import { testClient } from "../wire/start-house.ts";

const path = join(import.meta.dir, "../../dist/moltbot");

/** The compiled executable; it is a failure, not a skip, when it has not been built. */
export function executable(): string {
  if (!existsSync(path)) throw new Error("dist/moltbot is missing; build it first: bun run build");
  return path;
}

/** An empty directory that serves as HOME and as the working directory. */
export async function emptyHome(): Promise<string> {
  return mkdtemp(join(tmpdir(), "moltbot-home-"));
}

export interface Started extends AsyncDisposable {
  readonly pid: number;
  readonly home: string;
  readonly stateDir: string;
  readonly port: number;
  readonly url: string;
  output(): string;
  connect(options?: Partial<ConnectOptions>): Promise<GatewayClient>;
  signal(name: NodeJS.Signals): void;
  readonly exited: Promise<number | null>;
}

export interface StartOptions {
  home?: string;
  args?: string[];
  env?: Record<string, string>;
  /** What starts it; must become it. */
  through?: readonly string[];
}

/** The environment of a person who has just downloaded the file. */
export function plainEnvironment(home: string, more: Record<string, string> = {}): Record<string, string> {
  return { HOME: home, PATH: "/usr/bin:/bin", LANG: "C.UTF-8", MOLTBOT_NO_OPEN: "1", ...more };
}

/** Starts `moltbot gateway` on a free port and waits until it lets clients in. */
export async function startExecutable(options: StartOptions = {}): Promise<Started> {
  const home = options.home ?? (await emptyHome());
  const port = freePort();
  const command = [executable(), "gateway", "--port", String(port), ...(options.args ?? [])];
  const child = Bun.spawn([...(options.through ?? []), ...command], {
    cwd: home,
    env: plainEnvironment(home, options.env),
    stdout: "pipe",
    stderr: "pipe",
  });
  let text = "";
  const listening = Promise.withResolvers<void>();
  const gather = async (stream: ReadableStream<Uint8Array>) => {
    const decoder = new TextDecoder();
    for await (const chunk of stream) {
      text += decoder.decode(chunk, { stream: true });
      if (text.includes("gateway started")) listening.resolve();
    }
  };
  void Promise.all([gather(child.stdout), gather(child.stderr)]);
  void child.exited.then((code) => listening.reject(new Error(`exit ${code} before it listened:\n${text}`)));
  listening.promise.catch(() => undefined);
  await listening.promise;
  return {
    pid: child.pid,
    home,
    stateDir: join(home, ".local/state/moltbot"),
    port,
    url: `http://127.0.0.1:${port}/`,
    output: () => text,
    connect: (more = {}) =>
      connectGateway({
        url: `ws://127.0.0.1:${port}/`,
        client: testClient,
        scopes: ["operator.read", "operator.write"],
        ...more,
      }),
    signal: (name) => child.kill(name),
    exited: child.exited.then(() => child.exitCode),
    async [Symbol.asyncDispose]() {
      child.kill("SIGKILL");
      await child.exited;
      if (options.home === undefined) await rm(home, { recursive: true, force: true });
    },
  };
}

/** Runs a command to its end. */
export async function run(home: string, args: string[], env: Record<string, string> = {}) {
  const child = Bun.spawn([executable(), ...args], {
    cwd: home,
    env: plainEnvironment(home, env),
    stdout: "pipe",
    stderr: "pipe",
  });
  const [stdout, stderr] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
  ]);
  return { code: await child.exited, stdout, stderr };
}

export function freePort(): number {
  const probe = Bun.listen({ hostname: "127.0.0.1", port: 0, socket: { data() {} } });
  const { port } = probe;
  probe.stop(true);
  return port;
}
