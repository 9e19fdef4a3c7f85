import { SQLiteError } from "bun:sqlite";
import { statfsSync } from "node:fs";
import { messageOf } from "#src/lib/errors.ts";
import type { Sentence } from "#src/lib/sentence.ts";

export interface StorageWatchOptions {
  stateDir: string;
  /** Saves something of no meaning; throws while nothing can be saved. */
  attempt: () => void;
  /** It can be saved again, or no longer. */
  changed: () => void;
  monotonicMs: () => number;
}

/** Whether the disk takes what is to be kept; the gateway serves on while it does not. */
export interface StorageWatch {
  failed(cause: unknown): void;
  /** What is wrong, for health; null where all is well. Asks the disk again while something is. */
  problem(): Sentence | null;
}

const retryMs = 1_000;

/** Whether an error says that the disk failed, and not the work that was done on it. */
export function isStorageFailure(error: unknown): boolean {
  const code = error instanceof SQLiteError ? (error.code ?? "") : "";
  return /^SQLITE_(FULL|IOERR|READONLY|CORRUPT|NOTADB|CANTOPEN)/.test(code);
}

export function createStorageWatch(options: StorageWatchOptions): StorageWatch {
  const { stateDir, monotonicMs } = options;
  let cause: unknown = null;
  let triedAt = Number.NEGATIVE_INFINITY;

  return {
    failed(error) {
      const isNew = cause === null;
      cause = error;
      triedAt = monotonicMs();
      if (isNew) options.changed();
    },
    problem() {
      if (cause === null) return null;
      if (monotonicMs() - triedAt >= retryMs) {
        triedAt = monotonicMs();
        try {
          options.attempt();
          cause = null;
          options.changed();
          return null;
        } catch (error) {
          cause = error;
        }
      }
      return explain(cause, stateDir);
    },
  };
}

/** What is wrong with the disk, and what to do about it. */
function explain(cause: unknown, stateDir: string): Sentence {
  const inner = cause instanceof SQLiteError || !(cause instanceof Error) ? cause : (cause.cause ?? cause);
  const code = inner instanceof SQLiteError ? (inner.code ?? "") : "";
  const effect = {
    en: "new messages are refused until then, everything else goes on",
    zh: "在此之前不接收新消息，其他功能照常",
  };
  if (/FULL/.test(code)) {
    const left = freeMegabytes(stateDir);
    const [en, zh] = left === null ? ["", ""] : [` (${left} MB free)`, `（剩余 ${left} MB）`];
    return {
      en: `nothing can be saved: the disk that holds ${stateDir} is full${en}; make room (${effect.en})`,
      zh: `无法保存任何内容：${stateDir} 所在的磁盘已满${zh}；请腾出空间（${effect.zh}）`,
    };
  }
  if (/READONLY/.test(code)) {
    return {
      en: `nothing can be saved: ${stateDir} cannot be written; make it writable again (${effect.en})`,
      zh: `无法保存任何内容：${stateDir} 不可写；请恢复写入权限（${effect.zh}）`,
    };
  }
  const why = messageOf(inner);
  return {
    en: `nothing can be saved in ${stateDir}: ${why}; see to the disk (${effect.en})`,
    zh: `无法在 ${stateDir} 中保存任何内容：${why}；请检查磁盘（${effect.zh}）`,
  };
}

function freeMegabytes(directory: string): number | null {
  try {
    const { bavail, bsize } = statfsSync(directory);
    return Math.floor((bavail * bsize) / 1_048_576);
  } catch {
    return null;
  }
}
