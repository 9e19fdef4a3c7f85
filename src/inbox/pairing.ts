import type { Database } from "bun:sqlite";
import type { Person } from "#src/channels/inbound.ts";
import { idsOf } from "./admit.ts";

/** A stranger who waits to be let in. */
export interface SenderRequest {
  code: string;
  channel: string;
  account: string;
  sender: string;
  name: string | null;
  createdAt: number;
  lastSeenAt: number;
  expiresAt: number;
}

/** Somebody who was let in. */
export interface ApprovedSender {
  channel: string;
  account: string;
  sender: string;
  name: string | null;
  owner: boolean;
  approvedAt: number;
}

/** What a stranger's message leads to. Only a new request is answered. */
export type Asked =
  | { is: "new"; code: string }
  | { is: "waiting" }
  | { is: "denied" }
  /** Enough strangers wait on this channel. */
  | { is: "full" };

interface Row {
  code: string;
  channel: string;
  account: string;
  sender: string;
  ids: string;
  name: string | null;
  state: "pending" | "denied";
  created_at: number;
  last_seen_at: number;
  expires_at: number;
}

/** Without the characters that are read for others: 0 and O, 1 and I. */
const alphabet = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789";
const codeChars = 8;
const waitsMs = 3_600_000;
const deniedMs = 24 * 3_600_000;
const mostPending = 3;

/** Who may write in direct chats beside those in the config. Verbs that write expect to be called inside a transaction. */
export type PairingStore = ReturnType<typeof createPairingStore>;

export function createPairingStore(db: Database, now: () => number) {
  const bySender = db.query<Row, [string, string, string]>(
    "SELECT * FROM sender_request WHERE channel = ? AND account = ? AND sender = ?",
  );
  const byCode = db.query<Row, [string]>("SELECT * FROM sender_request WHERE code = ? AND state = 'pending'");
  const pending = db.query<Row, []>(
    "SELECT * FROM sender_request WHERE state = 'pending' ORDER BY created_at, code",
  );
  const countPending = db.query<{ n: number }, [string]>(
    "SELECT count(*) AS n FROM sender_request WHERE channel = ? AND state = 'pending'",
  );
  const insert = db.query<null, (string | number | null)[]>(
    `INSERT INTO sender_request (code, channel, account, sender, ids, name, state, created_at, last_seen_at, expires_at)
     VALUES (?, ?, ?, ?, ?, ?, 'pending', ?, ?, ?)`,
  );
  const seen = db.query<null, [number, string]>("UPDATE sender_request SET last_seen_at = ? WHERE code = ?");
  const remove = db.query<null, [string]>("DELETE FROM sender_request WHERE code = ?");
  const deny = db.query<null, [number, string]>(
    "UPDATE sender_request SET state = 'denied', expires_at = ? WHERE code = ?",
  );
  const expired = db.query<Row, [number]>("DELETE FROM sender_request WHERE expires_at <= ? RETURNING *");
  const approve = db.query<null, [string, string, string, string, string | null, number, number]>(
    `INSERT INTO approved_sender (channel, account, id, person, name, owner, approved_at)
     VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (channel, account, id) DO NOTHING`,
  );
  const standing = db.query<{ owner: number }, [string, string, string]>(
    `SELECT max(owner) AS owner FROM approved_sender
     WHERE channel = ? AND account = ? AND id IN (SELECT value FROM json_each(?)) HAVING count(*) > 0`,
  );
  const anyOwner = db.query<{ n: number }, [string, string]>(
    "SELECT count(*) AS n FROM approved_sender WHERE channel = ? AND account = ? AND owner = 1",
  );
  const approved = db.query<
    {
      channel: string;
      account: string;
      person: string;
      name: string | null;
      owner: number;
      approved_at: number;
    },
    []
  >("SELECT * FROM approved_sender WHERE id = person ORDER BY channel, account, approved_at, id");
  const forget = db.query<null, [string, string, string]>(
    "DELETE FROM approved_sender WHERE channel = ? AND account = ? AND person = ?",
  );

  function newCode(): string {
    for (;;) {
      const code = [...crypto.getRandomValues(new Uint8Array(codeChars))]
        .map((byte) => alphabet[byte % alphabet.length])
        .join("");
      if (db.query("SELECT 1 FROM sender_request WHERE code = ?").get(code) === null) return code;
    }
  }

  return {
    /** What is known of somebody on one account. */
    standing(channel: string, account: string, person: Pick<Person, "id" | "otherIds">) {
      const row = standing.get(channel, account, JSON.stringify(idsOf(person)));
      return { approved: row !== null, owner: row?.owner === 1 };
    },
    hasOwner: (channel: string, account: string): boolean => (anyOwner.get(channel, account)?.n ?? 0) > 0,
    /** Notes that a stranger asked. Those whose time is over must have been taken out by `expire` before. */
    ask(channel: string, account: string, person: Person): Asked {
      const at = now();
      const known = bySender.get(channel, account, person.id);
      if (known?.state === "denied") return { is: "denied" };
      if (known !== null) {
        seen.run(at, known.code);
        return { is: "waiting" };
      }
      if ((countPending.get(channel)?.n ?? 0) >= mostPending) return { is: "full" };
      const code = newCode();
      const ids = JSON.stringify(idsOf(person));
      insert.run(code, channel, account, person.id, ids, person.name ?? null, at, at, at + waitsMs);
      return { is: "new", code };
    },
    /** The request under a code, however it was typed; null where none waits. */
    find(code: string): SenderRequest | null {
      const row = byCode.get(code.trim().toUpperCase());
      return row === null || row.expires_at <= now() ? null : toRequest(row);
    },
    /** Lets a sender in under all ids of the person. */
    approve({ code }: SenderRequest, owner: boolean): void {
      const row = byCode.get(code);
      if (row === null) return;
      const at = now();
      for (const id of JSON.parse(row.ids) as string[]) {
        approve.run(row.channel, row.account, id, row.sender, row.name, owner ? 1 : 0, at);
      }
      remove.run(code);
    },
    /** The sender hears nothing, and gets no other code for a day. */
    deny: ({ code }: SenderRequest) => void deny.run(now() + deniedMs, code),
    /** Takes out what nobody approved in time. */
    expire: (): SenderRequest[] => expired.all(now()).map(toRequest),
    pending: (): SenderRequest[] =>
      pending
        .all()
        .filter((row) => row.expires_at > now())
        .map(toRequest),
    approved: (): ApprovedSender[] =>
      approved.all().map(({ person, owner, approved_at: approvedAt, channel, account, name }) => ({
        channel,
        account,
        sender: person,
        name,
        owner: owner === 1,
        approvedAt,
      })),
    /** Shuts somebody out again who had been let in; false where nobody was. */
    forget: (channel: string, account: string, sender: string): boolean =>
      forget.run(channel, account, sender).changes > 0,
  };
}

function toRequest(row: Row): SenderRequest {
  const { code, channel, account, sender, name } = row;
  return {
    code,
    channel,
    account,
    sender,
    name,
    createdAt: row.created_at,
    lastSeenAt: row.last_seen_at,
    expiresAt: row.expires_at,
  };
}

/** All that a stranger is told. */
export function pairingNotice(
  { label, channel, sender, code }: { label: string; channel: string; sender: string; code: string },
  language: "en" | "zh",
): string {
  const command = `moltbot pairing approve ${channel} ${code}`;
  if (language === "zh") {
    return [
      "Moltbot：尚未允许你与我对话。",
      `你的 ${label} 用户 ID：${sender}`,
      `配对码：${code}`,
      `请机器人的所有者用以下命令批准：\n${command}`,
    ].join("\n\n");
  }
  return [
    "Moltbot: access not configured.",
    `Your ${label} user id: ${sender}`,
    `Pairing code: ${code}`,
    `Ask the bot owner to approve with:\n${command}`,
  ].join("\n\n");
}
