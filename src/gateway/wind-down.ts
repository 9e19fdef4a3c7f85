import type { Inbox } from "#src/inbox/inbox.ts";
import type { Connection } from "./connection.ts";
import type { PlatformRooms } from "./platform-rooms.ts";

export interface WindDownOptions {
  /** How long runs and answers together may take. */
  graceMs: number;
  inbox: Pick<Inbox, "stop">;
  platforms: Pick<PlatformRooms, "stop">;
  connections: ReadonlySet<Connection>;
}

/** What of the time the answers have that are on their way. */
const answersMs = 1_000;
/** The most that the sockets' farewells may take at the end. */
const farewellMs = 300;

/** Finishes or parks what runs, then what is being sent, then bids the clients farewell. */
export async function windDown({ graceMs, inbox, platforms, connections }: WindDownOptions): Promise<void> {
  const sendingMs = Math.min(graceMs / 4, answersMs);
  await inbox.stop(graceMs - sendingMs);
  await platforms.stop(sendingMs);
  for (const connection of connections) connection.end("service-restart");
  const deadline = performance.now() + farewellMs;
  while (connections.size > 0 && performance.now() < deadline) await Bun.sleep(10);
}
