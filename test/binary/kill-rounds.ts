import { Database } from "bun:sqlite";
import { join } from "node:path";
import { seeded } from "../contract/samples.ts";
import type { FakeTelegram } from "../fakes/telegram.ts";
import { type DiskFault, onFailingDisk } from "../store/disk-faults.ts";
import { executable, freePort, plainEnvironment } from "./executable.ts";
import { openTelegramHouse, type TelegramHouse } from "./telegram-house.ts";

export interface Killing {
  seed: number;
  rounds: number;
  /** Whether a write to the disk fails in every other round, at a moment of its own, once or from then on. */
  failingDisk?: boolean;
}

/** Something that a person wrote. */
interface Written {
  n: number;
  chat: number;
  id: number;
}

/** What became of everything that was written. */
export interface Tally {
  written: number;
  answered: number;
  /** Listed in the outbox as sent or not, nobody knows. */
  unknown: number;
  /** The turn was cut at each of its four beginnings, and its writer was told. */
  interrupted: number;
  /** Previews of answers that could not be finished where they were begun. */
  leftovers: number;
  /** What must not be. */
  faults: string[];
}

const people = [71, 72, 73, 74];
const group = -1001;
const chats = [...people, group];
const settleMs = 60_000;

/** What the environment asks for: MOLTBOT_KILL_SEED, a number or `random`, and MOLTBOT_KILL_ROUNDS. Both are printed. */
export function killingOf(env: Record<string, string | undefined>, usualRounds: number): Killing {
  const asked = env.MOLTBOT_KILL_SEED ?? "random";
  const seed = asked === "random" ? Math.floor(Math.random() * 2 ** 31) : Number(asked);
  const rounds = Number(env.MOLTBOT_KILL_ROUNDS ?? usualRounds);
  console.log(`kill: MOLTBOT_KILL_SEED=${seed} MOLTBOT_KILL_ROUNDS=${rounds}`);
  return { seed, rounds };
}

/** Kills the executable at so many random moments while people write, then lets it finish, and judges. */
export async function killRounds({ seed, rounds, failingDisk }: Killing): Promise<Tally> {
  const random = seeded(seed);
  await using house = await openTelegramHouse({
    model: { paceMs: 12, reply: (messages) => replyTo(messages.at(-1)?.content ?? "") },
    config: ({ token, url }) => ({
      gateway: { crashBrake: "off" },
      session: { dmScope: "per-channel-peer" },
      messages: { queue: { mode: "followup" } },
      channels: {
        telegram: {
          botToken: token,
          apiRoot: url,
          dmPolicy: "open",
          allowFrom: ["*"],
          groupPolicy: "open",
          groups: { "*": { requireMention: false } },
        },
      },
    }),
  });
  const { telegram } = house;
  for (const chat of chats) telegram.chat(chat);
  const written: Written[] = [];
  const write = () => {
    const chat = chats[Math.floor(random() * chats.length)] ?? group;
    const from = chat > 0 ? chat : (people[Math.floor(random() * people.length)] ?? chat);
    const n = written.length + 1;
    written.push({ n, chat, id: telegram.say({ chat, from, text: `m${n}` }).id });
  };

  for (let round = 0; round < rounds; round += 1) {
    if (random() < 0.5) write();
    // Answers that take a while leave more room between what Telegram has done and what the gateway knows.
    for (const method of ["sendMessage", "getUpdates", "editMessageText"]) {
      if (random() < 0.3) telegram.fault(method, { is: "late", ms: Math.floor(random() * 150) });
    }
    const isFailing = failingDisk === true && random() < 0.5;
    const nth = 1 + Math.floor(random() * 120);
    const child = spawn(
      house,
      isFailing ? { nth, onwards: random() < 0.5, error: "EIO", notes: "/dev/null" } : null,
    );
    const killAfterMs = lifeOf(random);
    const moments = Array.from({ length: Math.floor(random() * 4) }, () => random() * killAfterMs).sort(
      (one, other) => one - other,
    );
    const spawnedAt = performance.now();
    for (const moment of moments) {
      await Bun.sleep(Math.max(0, spawnedAt + moment - performance.now()));
      write();
    }
    await Bun.sleep(Math.max(0, spawnedAt + killAfterMs - performance.now()));
    child.kill("SIGKILL");
    await child.exited;
  }
  telegram.healed();
  {
    await using gateway = await house.start();
    const isOver = await settled(join(gateway.stateDir, "moltbot.db"), telegram);
    if (!isOver)
      return { ...judge(house, written), faults: ["it did not settle", gateway.output().slice(-4_000)] };
    gateway.signal("SIGTERM");
    await gateway.exited;
  }
  return judge(house, written);
}

/** From hardly a start to longer than any answer takes: a long one, too, is cut at times and at times comes to its end. */
function lifeOf(random: () => number): number {
  const dice = random();
  return dice < 0.2 ? random() * 150 : dice < 0.6 ? 100 + random() * 1_100 : 1_000 + random() * 1_500;
}

function spawn({ home }: TelegramHouse, fault: DiskFault | null) {
  const command = [executable(), "gateway", "--port", String(freePort())];
  return Bun.spawn(fault === null ? command : onFailingDisk(command, fault), {
    cwd: home,
    env: plainEnvironment(home),
    stdin: "ignore",
    stdout: "ignore",
    stderr: "ignore",
  });
}

/** Every fifth answer is so long that it is shown while it is written. */
function replyTo(text: string): string {
  const n = Number(/\bm(\d+)\b(?![\s\S]*\bm\d+\b)/.exec(text)?.[1]);
  return n % 5 !== 0 ? `re: m${n}.` : `re: m${n} ${"and so on ".repeat(20)}end of m${n}.`;
}

/** Whether everything has come to its end within a minute. */
async function settled(path: string, telegram: FakeTelegram): Promise<boolean> {
  using db = new Database(path, { readonly: true });
  const open = db.query<{ n: number }, []>(
    `SELECT (SELECT count(*) FROM turn WHERE ended_at IS NULL)
       + (SELECT count(*) FROM inbound WHERE state IN ('new', 'held'))
       + (SELECT count(*) FROM outbox WHERE state IN ('queued', 'sending') OR (state = 'unknown' AND next_at IS NOT NULL))
       AS n`,
  );
  const giveUp = performance.now() + settleMs;
  while (performance.now() < giveUp) {
    if (telegram.updates.pending.length === 0 && open.get()?.n === 0) return true;
    await Bun.sleep(20);
  }
  return false;
}

function judge({ home, telegram }: TelegramHouse, written: readonly Written[]): Tally {
  using db = new Database(join(home, ".local/state/moltbot/moltbot.db"), { readonly: true });
  const turns = db.query<{ run_id: string; state: string; attempts: number }, [string, string]>(
    "SELECT run_id, state, attempts FROM turn WHERE conversation = ? AND provider_message_id = ?",
  );
  const rows = db.query<{ state: string }, [string]>("SELECT state FROM outbox WHERE run_id = ?");
  const tally: Tally = {
    written: written.length,
    answered: 0,
    unknown: 0,
    interrupted: 0,
    leftovers: 0,
    faults: [],
  };
  const shown = new Map(chats.map((chat) => [chat, telegram.ours(chat).map(({ text }) => text)]));
  for (const texts of shown.values()) tally.leftovers += texts.filter((text) => text.endsWith("…")).length;
  const lastOf = new Map<number, number>();
  for (const { n, chat, id } of written) {
    const conversation = chat > 0 ? `direct/${chat}` : `group/${chat}`;
    const found = turns.all(conversation, String(id));
    const [turn] = found;
    if (turn === undefined || found.length > 1) {
      tally.faults.push(`m${n} became ${found.length} turns`);
      continue;
    }
    const full = replyTo(`m${n}`);
    const places = (shown.get(chat) ?? []).flatMap((text, at) => (text === full ? [at] : []));
    const states = rows.all(turn.run_id).map(({ state }) => state);
    const what = `m${n} in ${conversation}: ${turn.state}, outbox ${states.join("+") || "none"}, shown ${places.length}×`;
    const [place] = places;
    if (places.length > 1) tally.faults.push(`twice: ${what}`);
    if (place !== undefined) {
      const last = lastOf.get(chat);
      if (last !== undefined && place < last) tally.faults.push(`out of order: ${what}`);
      lastOf.set(chat, place);
    }
    if (states.includes("unknown")) tally.unknown += 1;
    else if (turn.state === "interrupted") {
      tally.interrupted += 1;
      const isTold = states.length > 0 && states.every((state) => state === "sent");
      if (places.length > 0 || !isTold || turn.attempts < 4) tally.faults.push(`interrupted: ${what}`);
    } else if (turn.state !== "done" || places.length !== 1 || states.some((state) => state !== "sent")) {
      tally.faults.push(`lost: ${what}`);
    } else tally.answered += 1;
  }
  return tally;
}
