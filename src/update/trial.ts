/** A first start of a new executable, with a state of its own and without a network address of others. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Told } from "#src/lib/told-error.ts";
import { readHolder } from "#src/store/lock.ts";

export type Verdict = { healthy: true } | { healthy: false; why: Told };

/** Starts the gateway of an executable on a free port and asks whether it is ready; ends it in any case. */
export async function tryOut(executable: string, version: string, withinMs: number): Promise<Verdict> {
  const home = mkdtempSync(join(tmpdir(), "moltbot-update-"));
  const env = {
    PATH: process.env.PATH ?? "",
    HOME: home,
    MOLTBOT_NO_OPEN: "1",
    MOLTBOT_STATE_DIR: join(home, "state"),
  };
  const deadline = performance.now() + withinMs;
  const output = { stdin: "ignore", stdout: "ignore", stderr: "pipe" } as const;
  let child: Bun.Subprocess<"ignore", "ignore", "pipe"> | undefined;
  try {
    child = Bun.spawn([executable, "gateway", "--port", "0", "--no-open"], { cwd: home, env, ...output });
    let ended: number | null = null;
    const said = new Response(child.stderr).text();
    void child.exited.then((code) => {
      ended = code;
    });
    while (performance.now() < deadline) {
      if (ended !== null) {
        const last = lastLine(await said);
        return unhealthy(`it ended with ${ended}: ${last}`, `它以退出码 ${ended} 结束：${last}`);
      }
      const holder = readHolder(join(home, "state"));
      if (holder?.url !== undefined) {
        if (holder.version !== version)
          return unhealthy(`it says that it is ${holder.version}`, `它自称是 ${holder.version}`);
        const answer = await fetch(new URL("readyz", holder.url)).catch(() => null);
        if (answer?.ok === true) return { healthy: true };
      }
      await Bun.sleep(50);
    }
    const seconds = Math.round(withinMs / 1000);
    return unhealthy(`it was not ready within ${seconds} s`, `它在 ${seconds} 秒内未就绪`);
  } catch (error) {
    return unhealthy(`it cannot be started: ${error}`, `它无法启动：${error}`);
  } finally {
    child?.kill("SIGKILL");
    await child?.exited;
    rmSync(home, { recursive: true, force: true });
  }
}

function unhealthy(en: string, zh: string): Verdict {
  return { healthy: false, why: { en, zh } };
}

function lastLine(text: string): string {
  return text.trim().split("\n").at(-1)?.slice(0, 300) ?? "";
}
