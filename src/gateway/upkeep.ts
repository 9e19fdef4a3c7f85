import type { Database } from "bun:sqlite";
import { watchClock } from "#src/health/clock-watch.ts";
import { createCrashBrake } from "#src/health/crash-brake.ts";
import type { Log } from "#src/lib/log.ts";
import type { Sentence } from "#src/lib/sentence.ts";
import { checkDatabase } from "#src/store/check-database.ts";
import { createStorageWatch } from "#src/store/storage-watch.ts";
import { createTransactor } from "#src/store/transactor.ts";

export interface UpkeepOptions {
  db: Database;
  stateDir: string;
  log: Log;
  now: () => number;
  monotonicMs: () => number;
  version: string;
  crashBrake: "on" | "off";
  contained: (error: unknown) => void;
  closing: AsyncDisposableStack;
}

/** What watches over the gateway itself: its disk, its clock, its database, and how often it has crashed. */
export type Upkeep = ReturnType<typeof openUpkeep>;

/** The database is looked through once the first clients have been served. */
const checkAfterMs = 10_000;

export function openUpkeep({ db, stateDir, log, now, monotonicMs, closing, ...options }: UpkeepOptions) {
  let touch = (): void => undefined;
  let damage: string[] = [];
  const transactor = createTransactor(db, { failed: (cause) => storage.failed(cause) });
  closing.defer(() => transactor.close());
  const schema = db.query<{ user_version: number }, []>("PRAGMA user_version").get()?.user_version ?? 0;
  const storage = createStorageWatch({
    stateDir,
    attempt: () => transactor.transactNow((own) => own.run(`PRAGMA user_version = ${schema}`)),
    changed: () => touch(),
    monotonicMs,
  });
  const warn = (message: string) => log.warn(message);
  const { version, crashBrake } = options;
  const brake = createCrashBrake({ stateDir, now, version, enabled: crashBrake === "on", warn });
  closing.defer(() => brake.close());
  if (brake.braked) log.error("crash loop: channels and runs stay off; see health");
  const clock = watchClock({ now, monotonicMs });
  closing.defer(() => clock.close());
  clock.listen(({ is, ms }) => {
    log.warn("the clock jumped", { is, ms });
    touch();
  });

  return {
    transactor,
    brake,
    clock,
    /** Why nothing can be saved, or what is lost; null where all is well. */
    storageProblem: (): Sentence | null =>
      storage.problem() ??
      (damage[0] === undefined
        ? null
        : {
            en: `the database is damaged (${damage[0]}); stop the gateway, then: moltbot restore FILE`,
            zh: `数据库已损坏（${damage[0]}）；请停止网关，然后运行：moltbot restore FILE`,
          }),
    /** From now on a start counts, and `changed` is called when health would say something else. */
    begin(changed: () => void): void {
      touch = changed;
      brake.started();
      const checking = new AbortController();
      const timer = setTimeout(() => {
        checkDatabase(stateDir, checking.signal)
          .then((found) => {
            damage = found;
            if (found.length > 0) log.error("the database is damaged; restore a backup", { found });
          })
          .catch((error) => {
            if (!checking.signal.aborted) options.contained(error);
          });
      }, checkAfterMs);
      closing.defer(() => {
        clearTimeout(timer);
        checking.abort();
      });
    },
  };
}
