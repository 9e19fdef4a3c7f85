import { readFile } from "node:fs/promises";

/** Whether the program at the far end of a loopback connection runs as the gateway's own user. */
export type SameUser = (far: FarEnd) => Promise<boolean>;

/** The user id of that program; null where it cannot be told. */
export type UserOf = (far: FarEnd) => Promise<number | null>;

export interface FarEnd {
  address: string;
  port: number;
}

export interface SameUserOptions extends UserOfOptions {
  platform: NodeJS.Platform;
  /** The gateway's user id. */
  uid: number;
}

export interface UserOfOptions {
  /** The port on which the gateway listens. */
  port: () => number;
  /** Told when the system does not say; whoever asked is then nobody's. */
  trouble: (error: unknown) => void;
  /** Reads one of the kernel's tables. */
  read?: (path: string) => Promise<string>;
}

const tables = ["/proc/net/tcp", "/proc/net/tcp6"];

/**
 * Elsewhere than on Linux no program may read another user's loopback sockets by such means, and the machine's users
 * are taken for one.
 */
export function createSameUser({ platform, uid, ...options }: SameUserOptions): SameUser {
  if (platform !== "linux") return () => Promise.resolve(true);
  const userOf = createUserOf(options);
  return async (far) => (await userOf(far)) === uid;
}

/**
 * Looks in Linux's table of TCP sockets, which names each socket's user. All who ask in one turn of the loop share
 * one look.
 */
export function createUserOf(options: UserOfOptions): UserOf {
  const { port, trouble, read = (path: string) => readFile(path, "utf8") } = options;
  let looking: Promise<Map<string, number>> | null = null;

  /** Begins after this turn, so that every socket of those who ask now is in the table. */
  function look(): Promise<Map<string, number>> {
    looking ??= new Promise<void>((resolve) => setImmediate(resolve)).then(() => {
      looking = null;
      return readTables();
    });
    return looking;
  }

  async function readTables(): Promise<Map<string, number>> {
    const texts = await Promise.allSettled(tables.map(read));
    if (texts.every(({ status }) => status === "rejected")) {
      throw new Error("the kernel's table of TCP sockets cannot be read", {
        cause: (texts[0] as PromiseRejectedResult).reason,
      });
    }
    const ours = hexPort(port());
    const users = new Map<string, number>();
    for (const text of texts) if (text.status === "fulfilled") note(text.value, ours, users);
    return users;
  }

  return async ({ address, port: farPort }) => {
    try {
      const users = await look();
      const found = namesOf(address).map((name) => users.get(`${name}:${hexPort(farPort)}`));
      return found.find((uid) => uid !== undefined) ?? null;
    } catch (error) {
      trouble(error);
      return null;
    }
  };
}

/** Columns: index, local, remote, state, queues, timer, retransmits, user id, …. Local is the far end's own side. */
function note(table: string, ourPort: string, users: Map<string, number>): void {
  for (const line of table.split("\n")) {
    const columns = line.trim().split(/\s+/, 8);
    const [, local, remote] = columns;
    if (local === undefined || remote?.endsWith(`:${ourPort}`) !== true) continue;
    const uid = Number(columns[7]);
    if (Number.isInteger(uid)) users.set(local, uid);
  }
}

function hexPort(port: number): string {
  return port.toString(16).toUpperCase().padStart(4, "0");
}

/** How the tables spell an address: words in the machine's byte order; IPv4 may stand mapped in the table of IPv6. */
function namesOf(address: string): string[] {
  if (address === "::1") return ["00000000000000000000000001000000"];
  const bytes = address.split(".").map(Number);
  if (bytes.length !== 4 || bytes.some((byte) => !Number.isInteger(byte) || byte < 0 || byte > 255))
    return [];
  const hex = bytes
    .toReversed()
    .map((byte) => byte.toString(16).toUpperCase().padStart(2, "0"))
    .join("");
  return [hex, `0000000000000000FFFF0000${hex}`];
}
