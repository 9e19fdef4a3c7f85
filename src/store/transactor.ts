import type { Database } from "bun:sqlite";
import { GatewayError, messageOf } from "#src/lib/errors.ts";
import { isStorageFailure } from "./storage-watch.ts";

/**
 * The only writer of the database. A work is synchronous, sees what earlier works did, and takes back all of its
 * writes when it throws. Its result is handed on only when the commit is on the disk.
 */
export interface Transactor {
  /** Runs the work with the others of this loop turn in one commit; rejects alone where it alone throws. */
  transact<T>(work: (db: Database) => T): Promise<T>;
  /** Runs it now, after those that wait, and returns when it is on the disk; inside a work it joins that one. */
  transactNow<T>(work: (db: Database) => T): T;
  /** Called inside a work: runs once what the work wrote is on the disk, and not at all where it is taken back. */
  afterCommit(then: () => void): void;
  /** How many works wait for the next commit. */
  readonly waiting: number;
  /** Commits what waits and refuses what comes later. */
  close(): void;
}

interface Job {
  work: (db: Database) => unknown;
  resolve: (value: never) => void;
  reject: (error: unknown) => void;
  outcome?: { value: unknown } | { error: unknown };
  /** What is to happen once it is on the disk. */
  after: (() => void)[];
}

export interface TransactorOptions {
  /** How long one commit may collect works; the rest goes into the next turn, so that sockets are served between. */
  sliceMs?: number;
  clock?: () => number;
  /** The disk did not take a commit. */
  failed?: (cause: unknown) => void;
}

export function createTransactor(db: Database, options: TransactorOptions = {}): Transactor {
  return new Writer(db, options);
}

class Writer implements Transactor {
  private readonly db: Database;
  private readonly sliceMs: number;
  private readonly clock: () => number;
  private readonly failed: (cause: unknown) => void;
  private queue: Job[] = [];
  private current: Job | undefined;
  private timer: NodeJS.Immediate | undefined;
  private working = false;
  private closed = false;

  constructor(db: Database, options: TransactorOptions) {
    this.db = db;
    this.sliceMs = options.sliceMs ?? 4;
    this.clock = options.clock ?? (() => performance.now());
    this.failed = options.failed ?? (() => undefined);
  }

  transact<T>(work: (db: Database) => T): Promise<T> {
    if (this.closed) return Promise.reject(stopping());
    return new Promise<T>((resolve, reject) => {
      this.queue.push({ work, resolve, reject, after: [] });
      this.schedule();
    });
  }

  transactNow<T>(work: (db: Database) => T): T {
    if (this.closed) throw stopping();
    if (this.working) return this.inSavepoint(work);
    while (this.queue.length > 0) this.flush(Number.POSITIVE_INFINITY);
    let result: { value: T } | { error: unknown } = { error: stopping() };
    this.queue.push({
      work,
      resolve: (value) => {
        result = { value };
      },
      reject: (error) => {
        result = { error };
      },
      after: [],
    });
    this.flush(Number.POSITIVE_INFINITY);
    const settled = result as { value: T } | { error: unknown };
    if ("error" in settled) throw settled.error;
    return settled.value;
  }

  afterCommit(then: () => void): void {
    if (this.current === undefined) throw new Error("afterCommit is called outside of a work");
    this.current.after.push(then);
  }

  get waiting(): number {
    return this.queue.length;
  }

  close(): void {
    while (this.queue.length > 0) this.flush(Number.POSITIVE_INFINITY);
    this.closed = true;
    clearImmediate(this.timer);
  }

  private schedule(): void {
    this.timer ??= setImmediate(() => {
      this.timer = undefined;
      this.flush(this.clock() + this.sliceMs);
      if (this.queue.length > 0) this.schedule();
    });
  }

  /** One commit of what waits, until the deadline. */
  private flush(deadline: number): void {
    if (this.queue.length === 0) return;
    const jobs: Job[] = [];
    try {
      this.db.query("BEGIN IMMEDIATE").run();
      this.working = true;
      do {
        const job = this.queue.shift();
        if (job === undefined) break;
        // Taking back the first work takes back the transaction, so that no savepoint has to keep what it changes.
        const isFirst = jobs.length === 0;
        this.run(job, isFirst);
        const error = errorOf(job);
        if (!isFirst || error === undefined) {
          jobs.push(job);
          continue;
        }
        job.reject(error);
        this.db.query("BEGIN IMMEDIATE").run();
      } while (this.db.inTransaction && this.clock() < deadline);
      this.working = false;
      if (!this.db.inTransaction) throw lostTransaction(jobs);
      this.db.query("COMMIT").run();
    } catch (error) {
      this.working = false;
      this.fail(jobs.length > 0 ? jobs : this.queue.splice(0), error);
      return;
    }
    // One that throws is an error of its own, not the end of the others.
    for (const { after } of jobs) for (const each of after) queueMicrotask(each);
    for (const { outcome, resolve, reject } of jobs) {
      if (outcome !== undefined && "value" in outcome) resolve(outcome.value as never);
      else reject(outcome?.error);
    }
  }

  private run(job: Job, isFirst: boolean): void {
    this.current = job;
    try {
      job.outcome = { value: isFirst ? this.first(job.work) : this.inSavepoint(job.work) };
    } catch (error) {
      job.outcome = { error: isStorageFailure(error) ? unsaved(error) : error };
      if (isStorageFailure(error)) this.failed(error);
    } finally {
      this.current = undefined;
    }
  }

  private first<T>(work: (db: Database) => T): T {
    try {
      return whole(work(this.db));
    } catch (error) {
      if (this.db.inTransaction) this.db.query("ROLLBACK").run();
      throw error;
    }
  }

  private inSavepoint<T>(work: (db: Database) => T): T {
    this.db.query("SAVEPOINT work").run();
    const planned = this.current?.after.length ?? 0;
    try {
      const value = whole(work(this.db));
      this.db.query("RELEASE work").run();
      return value;
    } catch (error) {
      this.current?.after.splice(planned);
      // A full disk ends the whole transaction by itself, savepoints and all.
      if (this.db.inTransaction) {
        this.db.query("ROLLBACK TO work").run();
        this.db.query("RELEASE work").run();
      }
      throw error;
    }
  }

  /** Nothing of these was saved. */
  private fail(jobs: Job[], cause: unknown): void {
    if (this.db.inTransaction) this.db.query("ROLLBACK").run();
    this.failed(cause);
    for (const job of jobs) job.reject(errorOf(job) ?? unsaved(cause));
  }
}

/** What a work returned, once it is sure that it has ended. */
function whole<T>(value: T): T {
  if (value instanceof Promise)
    throw new TypeError("a work must not be asynchronous: the commit does not wait");
  return value;
}

function errorOf({ outcome }: Job): unknown {
  return outcome !== undefined && "error" in outcome ? outcome.error : undefined;
}

function stopping(): GatewayError {
  return new GatewayError(
    "UNAVAILABLE",
    { en: "the gateway is stopping; try again in a moment", zh: "网关正在停止；请稍后重试" },
    {
      retryAfterMs: 1000,
    },
  );
}

function unsaved(cause: unknown): GatewayError {
  if (cause instanceof GatewayError) return cause;
  const why = messageOf(cause);
  return new GatewayError(
    "UNAVAILABLE",
    {
      en: `the change could not be saved (${why}); see that the disk has room, then try again`,
      zh: `更改无法保存（${why}）；请确认磁盘有空间，然后重试`,
    },
    { cause, retryAfterMs: 1000 },
  );
}

/** The error that ended the transaction under the works, for those that had gone well. */
function lostTransaction(jobs: Job[]): unknown {
  return (
    jobs.map(errorOf).findLast((error) => error !== undefined) ?? new Error("the transaction ended by itself")
  );
}
