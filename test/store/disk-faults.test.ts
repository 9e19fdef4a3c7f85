import { Database } from "bun:sqlite";
import { expect, test } from "bun:test";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { closeDatabase, openDatabase } from "#src/store/database.ts";
import { type DiskFault, disksCanFail, onFailingDisk } from "./disk-faults.ts";

const program = join(import.meta.dir, "faulty-writer.ts");
const clear =
  /could not be saved \(.+\); see that the disk has room|cannot open the database .+: .+; |is full, so no gateway can start; make room/;

/** Every n takes minutes; the nightly run tries them all. */
const step = process.env.MOLTBOT_FAULTS === "all" ? 1 : 5;

interface Ending {
  /** Whether the disk failed at all; a story that ended before its n-th write is the last. */
  hadFault: boolean;
  said: string[];
}

async function tell(stateDir: string, fault: DiskFault): Promise<Ending> {
  const command = onFailingDisk([process.execPath, program, stateDir], fault);
  const child = Bun.spawn(command, { stdout: "pipe", stderr: "pipe" });
  const [out, err, code] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
    child.exited,
  ]);
  expect({ code, err, nth: fault.nth }).toEqual({ code: 0, err: "", nth: fault.nth });
  return { hadFault: readFileSync(fault.notes, "utf8").includes("INJECTED"), said: out.trim().split("\n") };
}

/** What is there now; a state that cannot be opened throws. */
function stateOf(stateDir: string): { events: number; cursor: number } {
  using db = openDatabase(stateDir);
  expect(db.query("PRAGMA integrity_check").all()).toEqual([{ integrity_check: "ok" }]);
  const events = db.query<{ n: number }, []>("SELECT count(*) AS n FROM inbound").get()?.n ?? 0;
  const cursor = db.query<{ value: string }, []>("SELECT value FROM channel_data WHERE key = 'offset'").get();
  return { events, cursor: Number(cursor?.value ?? 0) };
}

function judge(stateDir: string, said: readonly string[], what: string): void {
  const { events, cursor } = stateOf(stateDir);
  const acknowledged = said.filter((line) => line.startsWith("kept")).length;
  const refused = said.find((line) => /^(refused|failed)/.test(line));
  if (refused !== undefined) expect([what, refused]).toEqual([what, expect.stringMatching(clear)]);
  // An event and its cursor are there both or not at all; what was acknowledged is there.
  expect({ what, cursor }).toEqual({ what, cursor: events });
  const isWhole = events === acknowledged || (refused?.startsWith("refused") && events === acknowledged + 1);
  expect({ what, events, acknowledged, isWhole }).toMatchObject({ isWhole: true });
  const config = readFileSync(join(stateDir, "moltbot.json"), "utf8");
  const isNew = said.includes("config new");
  const old = "{ gateway: {} }\n";
  if (isNew) expect(config).toContain('"new"');
  else {
    expect(said.at(-1)).toStartWith(`config refused cannot write ${join(stateDir, "moltbot.json")}: `);
    expect([what, config === old || config.includes('"new"')]).toEqual([what, true]);
  }
}

for (const [name, onwards, error] of [
  ["once", false, "EIO"],
  ["and stays full", true, "ENOSPC"],
] as const) {
  test.skipIf(!disksCanFail)(
    `the n-th write fails ${name}, for n after n: the old state or the new one, and a clear error`,
    async () => {
      const directory = mkdtempSync(join(tmpdir(), "moltbot-disk-"));
      try {
        const made = join(directory, "made");
        mkdirSync(made);
        closeDatabase(openDatabase(made));
        writeFileSync(join(made, "moltbot.json"), "{ gateway: {} }\n");
        let count = 0;
        for (let nth = 1; ; nth += step) {
          const stateDir = join(directory, String(nth));
          cpSync(made, stateDir, { recursive: true });
          const notes = join(directory, "notes");
          const { hadFault, said } = await tell(stateDir, { nth, onwards, error, notes });
          judge(stateDir, said, `n = ${nth}: ${said.join(" | ")}`);
          rmSync(stateDir, { recursive: true });
          if (!hadFault) break;
          count += 1;
        }
        expect(count).toBeGreaterThan(5);
      } finally {
        rmSync(directory, { recursive: true, force: true });
      }
    },
    120_000,
  );
}

test.skipIf(!disksCanFail)(
  "a write fails while the database is made: the next start makes it",
  async () => {
    const directory = mkdtempSync(join(tmpdir(), "moltbot-disk-"));
    try {
      for (let nth = 1; ; nth += step === 1 ? 1 : 3 * step) {
        const stateDir = join(directory, String(nth));
        mkdirSync(stateDir);
        writeFileSync(join(stateDir, "moltbot.json"), "{ gateway: {} }\n");
        const notes = join(directory, "notes");
        const { hadFault, said } = await tell(stateDir, { nth, onwards: true, error: "ENOSPC", notes });
        judge(stateDir, said, `n = ${nth}: ${said.join(" | ")}`);
        expect(
          new Database(join(stateDir, "moltbot.db")).query("SELECT count(*) FROM turn").get(),
        ).not.toBeNull();
        if (!hadFault) break;
      }
    } finally {
      rmSync(directory, { recursive: true, force: true });
    }
  },
  120_000,
);
