import { Database } from "bun:sqlite";
import { statSync } from "node:fs";
import { messageOf } from "#src/lib/errors.ts";
import { databasePath } from "./database.ts";

/** A file of this size is checked in about 3 ms; a larger one is left to a thread. */
const inlineBytes = 1_048_576;

const query = "PRAGMA quick_check(10)";

/** The thread's program; a text, so that the executable needs no second entry point for it. */
const thread = `
import { Database } from "bun:sqlite";
onmessage = ({ data: { path, query } }) => {
  try {
    const db = new Database(path, { readonly: true });
    postMessage({ rows: db.query(query).all() });
    db.close();
  } catch (error) {
    postMessage({ failed: String(error) });
  }
};`;

interface Row {
  quick_check: string;
}

/**
 * What is broken in the database; nothing where it is sound. Meant for the time after the start: a large file is
 * read beside the gateway, and `signal` ends that.
 */
export async function checkDatabase(stateDir: string, signal?: AbortSignal): Promise<string[]> {
  signal?.throwIfAborted();
  const path = databasePath(stateDir);
  return statSync(path).size <= inlineBytes ? checkHere(path) : checkInThread(path, signal);
}

function checkHere(path: string): string[] {
  try {
    using db = new Database(path, { readonly: true });
    return problems(db.query<Row, []>(query).all());
  } catch (error) {
    return [messageOf(error)];
  }
}

async function checkInThread(path: string, signal: AbortSignal | undefined): Promise<string[]> {
  const program = URL.createObjectURL(new Blob([thread], { type: "text/javascript" }));
  const worker = new Worker(program);
  try {
    return await new Promise<string[]>((resolve, reject) => {
      worker.onmessage = ({ data }: MessageEvent<{ rows: Row[] } | { failed: string }>) => {
        resolve("rows" in data ? problems(data.rows) : [data.failed]);
      };
      worker.onerror = ({ message }) => reject(new Error(`the check could not run: ${message}`));
      signal?.addEventListener("abort", () => reject(signal.reason), { once: true });
      worker.postMessage({ path, query });
    });
  } finally {
    worker.terminate();
    URL.revokeObjectURL(program);
  }
}

function problems(rows: Row[]): string[] {
  return rows.map((row) => row.quick_check).filter((text) => text !== "ok");
}
