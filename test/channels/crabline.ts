import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Where a crabline server answers, and what it wants to be told. */
export interface Manifest {
  botToken: string;
  adminToken: string;
  recorderPath: string;
  endpoints: { apiRoot: string; adminInboundUrl: string };
}

const program = join(import.meta.dir, "../../node_modules/@openclaw/crabline/dist/src/bin/crabline.js");

/** A Telegram that others wrote, as a program of its own. */
export async function crabline() {
  const folder = await mkdtemp(join(tmpdir(), "moltbot-crabline-"));
  const ready = join(folder, "ready.json");
  const command = [process.execPath, program, "--json", "serve", "telegram", "--ready-file", ready];
  const child = Bun.spawn(command, { cwd: folder, stdout: "pipe", stderr: "pipe" });
  const first = await child.stdout.getReader().read();
  const { manifest = null } = { manifest: null, ...JSON.parse(new TextDecoder().decode(first.value)) };
  const written: Manifest = manifest ?? (await Bun.file(ready).json());
  return {
    manifest: written,
    /** A person writes. */
    async write(body: Record<string, unknown>): Promise<void> {
      const headers = { "content-type": "application/json", "X-Crabline-Admin-Token": written.adminToken };
      const request = { method: "POST", headers, body: JSON.stringify(body) };
      const answer = await fetch(written.endpoints.adminInboundUrl, request);
      if (!answer.ok) throw new Error(`crabline says ${answer.status}: ${await answer.text()}`);
    },
    /** What went over its Bot API so far, as it notes it. */
    record: (): Promise<string> => Bun.file(written.recorderPath).text(),
    async [Symbol.asyncDispose]() {
      child.kill();
      await child.exited;
      await rm(folder, { recursive: true, force: true });
    },
  };
}
