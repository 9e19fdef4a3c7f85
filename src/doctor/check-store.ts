import { constants, Database } from "bun:sqlite";
import { copyFileSync, existsSync, mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { messageOf } from "#src/lib/errors.ts";
import { databasePath } from "#src/store/database.ts";
import { applicationId, schemaVersion } from "#src/store/migrations.ts";
import type { Checked } from "./finding.ts";

const id = "database";
const hint = "stop the gateway, then put a backup in its place: moltbot restore FILE";

/** Looks through the database without a byte written beside it, whether or not a gateway has it open. */
export function checkStore(stateDir: string): Checked {
  const path = databasePath(stateDir);
  if (!existsSync(path))
    return { id, verdict: "ok", message: "there is no database yet; the first start makes it" };
  const log = `${path}-wal`;
  const isUnfinished = existsSync(log) && statSync(log).size > 0;
  if (!isUnfinished) return judge(path);
  // Reading a write-ahead log writes beside it, so a copy is read.
  const copy = mkdtempSync(join(tmpdir(), "moltbot-doctor-"));
  try {
    copyFileSync(path, join(copy, "moltbot.db"));
    copyFileSync(log, join(copy, "moltbot.db-wal"));
    return judge(join(copy, "moltbot.db"), false);
  } catch (error) {
    return {
      id,
      verdict: "skipped",
      message: `the database could not be copied to be checked: ${messageOf(error)}`,
    };
  } finally {
    rmSync(copy, { recursive: true, force: true });
  }
}

function judge(path: string, immutable = true): Checked {
  const flags = immutable ? constants.SQLITE_OPEN_READONLY : constants.SQLITE_OPEN_READWRITE;
  try {
    using db = new Database(
      `${pathToFileURL(path).href}${immutable ? "?immutable=1" : ""}`,
      flags | constants.SQLITE_OPEN_URI,
    );
    const value = (name: string) => Number(Object.values(db.query(`PRAGMA ${name}`).get() ?? {})[0]);
    if (value("application_id") !== applicationId) {
      return { id, verdict: "fail", message: "the database is another program's", hint };
    }
    const version = value("user_version");
    if (version > schemaVersion) {
      const message = `the database is a newer moltbot's (schema ${version}, this build knows ${schemaVersion})`;
      return { id, verdict: "fail", message, hint: "use that one: moltbot update" };
    }
    const rows = db.query<{ quick_check: string }, []>("PRAGMA quick_check(3)").all();
    const problem = rows.find((row) => row.quick_check !== "ok");
    if (problem !== undefined) {
      return { id, verdict: "fail", message: `the database is damaged: ${problem.quick_check}`, hint };
    }
    return { id, verdict: "ok", message: "the database is sound" };
  } catch (error) {
    return { id, verdict: "fail", message: `the database cannot be read: ${messageOf(error)}`, hint };
  }
}
