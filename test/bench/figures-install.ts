import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { freePort, plainEnvironment } from "../binary/executable.ts";
import { createReleaser, machineWith, supervise, target } from "../binary/releases.ts";
import { startModelEndpoint } from "../fakes/model-endpoint.ts";
import { defineFigure } from "./figure.ts";

export const update = defineFigure({
  name: "update",
  bare: false,
  once: true,
  rows: {
    update: {
      says: "`moltbot update` from a directory: check, unpack, trial start, backup, swap, restart, healthy again",
      unit: "s",
      goal: { of: "ours", atMost: 10 },
      steady: false,
    },
    away: { says: "the gateway does not answer meanwhile for", unit: "ms", steady: false },
  },
  async measure() {
    using releaser = createReleaser(["0.9.0", "1.0.0"]);
    const executable = readFileSync(releaser.builtAs("1.0.0"));
    const source = await releaser.publish("releases", [{ version: "1.0.0", executable }]);
    using machine = machineWith(releaser.builtAs("0.9.0"));
    await using gateway = supervise(machine);
    await gateway.ready();
    const began = performance.now();
    let awayMs = 0;
    let over = false;
    const watching = (async () => {
      for (let last = performance.now(); !over; await Bun.sleep(5)) {
        const isThere = await gateway.version().then(
          () => true,
          () => false,
        );
        const now = performance.now();
        if (!isThere) awayMs += now - last;
        last = now;
      }
    })();
    const { code, err } = await machine.run("update", "--from", source);
    const update = (performance.now() - began) / 1_000;
    over = true;
    await watching;
    if (code !== 0 || (await gateway.version()) !== "1.0.0") throw new Error(`the update failed: ${err}`);
    return { update, away: awayMs };
  },
});

/** Card, Moran and Newell's keystroke-level model: an average typist's key, and a thought before each command. */
const keySeconds = 0.28;
const thoughtSeconds = 1.35;
/** Reading what one command printed before the next is typed. */
const readingSeconds = 3;

/** What a person types from the downloaded archive to the first answer, as the README says it. */
export function stepsOf(archive: string): { is: "unpack" | "gateway" | "model" | "ask"; typed: string }[] {
  return [
    { is: "unpack", typed: `tar xzf ${archive}` },
    { is: "gateway", typed: "./moltbot gateway" },
    { is: "model", typed: "./moltbot model add ollama --default" },
    { is: "ask", typed: './moltbot agent --message "hello"' },
  ];
}

/** The time that a person needs to think of, type and read it all. */
export function personSeconds(steps: readonly { typed: string }[]): number {
  const keys = steps.reduce((total, { typed }) => total + typed.length + 1, 0);
  return keys * keySeconds + steps.length * (thoughtSeconds + readingSeconds);
}

export const firstAnswer = defineFigure({
  name: "first-answer",
  bare: false,
  rows: {
    machine: {
      says: "archive unpacked, gateway started, model added and tested, message answered",
      unit: "s",
      steady: false,
    },
    person: {
      says: "the same with the person who types it: 0.28 s a key, 1.35 s to think and 3 s to read per command",
      unit: "s",
      goal: { of: "ours", atMost: 60 },
      steady: true,
    },
  },
  async measure({ executable }) {
    // Where Ollama listens.
    await using _model = await startModelEndpoint({ port: 11_434, reply: () => "a first answer" });
    const home = mkdtempSync(join(tmpdir(), "moltbot-newcomer-"));
    const archive = `moltbot-0.1.0-${target}.tar.gz`;
    const packed = Bun.spawnSync(["tar", "czf", join(home, archive), "moltbot"], {
      cwd: dirname(executable),
    });
    if (!packed.success) throw new Error(String(packed.stderr));
    const env = plainEnvironment(home, {
      MOLTBOT_GATEWAY_PORT: String(freePort()),
      MOLTBOT_NO_KEYCHAIN: "1",
    });
    const begin = (command: string) =>
      Bun.spawn(["sh", "-c", command], { cwd: home, env, stdin: "ignore", stdout: "pipe", stderr: "pipe" });
    let gateway: ReturnType<typeof begin> | undefined;
    const steps = stepsOf(archive);
    const began = performance.now();
    try {
      let said = "";
      for (const { is, typed } of steps) {
        if (is === "gateway") {
          gateway = begin(`exec ${typed}`);
          await serves(Number(env.MOLTBOT_GATEWAY_PORT), gateway);
          continue;
        }
        const child = begin(typed);
        said = await new Response(child.stdout).text();
        const complaint = await new Response(child.stderr).text();
        if ((await child.exited) !== 0) throw new Error(`${typed}: ${complaint}`);
      }
      if (!said.includes("a first answer")) throw new Error(`the model was not asked; the answer: ${said}`);
      const machine = (performance.now() - began) / 1_000;
      return { machine, person: machine + personSeconds(steps) };
    } finally {
      gateway?.kill("SIGKILL");
      await gateway?.exited;
      rmSync(home, { recursive: true, force: true });
    }
  },
});

async function serves(port: number, gateway: { exitCode: number | null }): Promise<void> {
  while (gateway.exitCode === null) {
    const answer = await fetch(`http://127.0.0.1:${port}/readyz`).catch(() => null);
    if (answer?.ok === true) return;
    await Bun.sleep(5);
  }
  throw new Error(`the gateway ended with ${gateway.exitCode}`);
}
