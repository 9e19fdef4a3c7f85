import { constants, Database } from "bun:sqlite";
import { copyFileSync, existsSync, mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { messageOf } from "#src/lib/errors.ts";
import { databasePath } from "#src/store/database.ts";
import { applicationId, schemaVersion } from "#src/store/migrations.ts";
import type { Checked, Say } from "./finding.ts";

const id = "database";
/** Of a database that only a newer version knows; `moltbot update --rollback` goes by it. */
export const newerSchemaId = "database-schema";

/** Looks through the database without a byte written beside it, whether or not a gateway has it open. */
export function checkStore(stateDir: string, say: Say): Checked {
  const path = databasePath(stateDir);
  if (!existsSync(path))
    return {
      id,
      verdict: "ok",
      message: say("there is no database yet; the first start makes it", "尚无数据库；首次启动时创建"),
    };
  const log = `${path}-wal`;
  const isUnfinished = existsSync(log) && statSync(log).size > 0;
  if (!isUnfinished) return judge(path, say);
  // Reading a write-ahead log writes beside it, so a copy is read.
  const copy = mkdtempSync(join(tmpdir(), "moltbot-doctor-"));
  try {
    copyFileSync(path, join(copy, "moltbot.db"));
    copyFileSync(log, join(copy, "moltbot.db-wal"));
    return judge(join(copy, "moltbot.db"), say, false);
  } catch (error) {
    return {
      id,
      verdict: "skipped",
      message: say(
        `the database could not be copied to be checked: ${messageOf(error)}`,
        `无法复制数据库以供检查：${messageOf(error)}`,
      ),
    };
  } finally {
    rmSync(copy, { recursive: true, force: true });
  }
}

function judge(path: string, say: Say, immutable = true): Checked {
  const hint = say(
    "stop the gateway, then put a backup in its place: moltbot restore FILE",
    "请停止网关并恢复备份：moltbot restore FILE",
  );
  const flags = immutable ? constants.SQLITE_OPEN_READONLY : constants.SQLITE_OPEN_READWRITE;
  try {
    using db = new Database(
      `${pathToFileURL(path).href}${immutable ? "?immutable=1" : ""}`,
      flags | constants.SQLITE_OPEN_URI,
    );
    const value = (name: string) => Number(Object.values(db.query(`PRAGMA ${name}`).get() ?? {})[0]);
    if (value("application_id") !== applicationId) {
      return {
        id,
        verdict: "fail",
        message: say("the database is another program's", "该数据库属于其他程序"),
        hint,
      };
    }
    const version = value("user_version");
    if (version > schemaVersion) {
      return {
        id: newerSchemaId,
        verdict: "fail",
        message: say(
          `the database is a newer moltbot's (schema ${version}, this build knows ${schemaVersion})`,
          `该数据库由更新版本的 moltbot 写入（版本 ${version}，本程序支持到 ${schemaVersion}）`,
        ),
        hint: say(
          "use that one (moltbot update), or put a backup from before in its place: moltbot restore FILE",
          "请使用新版本（moltbot update），或恢复之前的备份：moltbot restore FILE",
        ),
      };
    }
    const rows = db.query<{ quick_check: string }, []>("PRAGMA quick_check(3)").all();
    const problem = rows.find((row) => row.quick_check !== "ok");
    if (problem !== undefined) {
      return {
        id,
        verdict: "fail",
        message: say(
          `the database is damaged: ${problem.quick_check}`,
          `数据库已损坏：${problem.quick_check}`,
        ),
        hint,
      };
    }
    return { id, verdict: "ok", message: say("the database is sound", "数据库完好") };
  } catch (error) {
    return {
      id,
      verdict: "fail",
      message: say(`the database cannot be read: ${messageOf(error)}`, `无法读取数据库：${messageOf(error)}`),
      hint,
    };
  }
}
