import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { defineFigure } from "./figure.ts";

const commands = {
  version: ["version"],
  help: ["--help"],
  completion: ["completion", "bash"],
  health: ["health"],
  status: ["status"],
  sessions: ["sessions", "list"],
  config: ["config", "get"],
} as const;

type Row = keyof typeof commands;

const row = (name: Row) => ({
  says: `CPU of \`moltbot ${commands[name].join(" ")}\`, the whole process`,
  unit: "ms",
  goal: { of: "ours" as const, atMost: 60 },
  steady: true,
});

/** What one call of the command line costs, with a gateway to ask. */
export const cli = defineFigure<Row>({
  name: "cli",
  times: 3,
  bare: false,
  rows: {
    version: row("version"),
    help: row("help"),
    completion: row("completion"),
    health: row("health"),
    status: row("status"),
    sessions: row("sessions"),
    config: row("config"),
  },
  async measure(bench) {
    await using subject = await bench.start({ withHistory: true });
    const home = mkdtempSync(join(tmpdir(), "moltbot-bench-cli-"));
    const env = {
      HOME: home,
      MOLTBOT_GATEWAY_PORT: String(subject.port),
      ...(subject.key === null ? {} : { MOLTBOT_GATEWAY_TOKEN: subject.key }),
    };
    try {
      const values: Partial<Record<Row, number>> = {};
      for (const name of Object.keys(commands) as Row[])
        values[name] = await cpuOf([bench.executable, ...commands[name]], env);
      return values as Record<Row, number>;
    } finally {
      rmSync(home, { recursive: true, force: true });
    }
  },
});

/** Milliseconds of processor time that a command takes from its start to its end. */
async function cpuOf(command: string[], env: Record<string, string>): Promise<number> {
  const child = Bun.spawn(command, { env, stdin: "ignore", stdout: "ignore", stderr: "pipe" });
  const complaints = new Response(child.stderr).text();
  if ((await child.exited) !== 0) throw new Error(`${command.join(" ")} failed: ${await complaints}`);
  const used = child.resourceUsage();
  if (used === undefined) throw new Error(`nothing is known of what ${command.join(" ")} used`);
  return Number(used.cpuTime.total) / 1000;
}
