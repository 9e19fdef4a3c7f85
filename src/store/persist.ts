import type { Database } from "bun:sqlite";
import { GatewayError } from "#src/lib/errors.ts";
import type { Transactor } from "./transactor.ts";

export interface PersistOptions {
  transactor: Pick<Transactor, "transact">;
  /** Calls after a while. */
  after: (ms: number, then: () => void) => unknown;
  /** Whether nothing waits for it any more, as the gateway stops. */
  isOver: () => boolean;
  /** A try was taken back. */
  failed?: () => void;
}

const retryMs = 1_000;

/**
 * Runs a work until the disk takes it, however long that is: for what has happened already and must not be forgotten.
 * A work that fails for a reason of its own rejects at once.
 */
export type Persist = <T>(work: (db: Database) => T) => Promise<T>;

export function createPersist({ transactor, after, isOver, failed }: PersistOptions): Persist {
  return async (work) => {
    for (;;) {
      try {
        return await transactor.transact(work);
      } catch (error) {
        failed?.();
        if (isOver() || !isUnsaved(error)) throw error;
        await new Promise<void>((resolve) => void after(retryMs, resolve));
      }
    }
  };
}

/** Whether the disk was at fault; a gateway that stops refuses works without a cause. */
function isUnsaved(error: unknown): boolean {
  return error instanceof GatewayError && error.code === "UNAVAILABLE" && error.cause !== undefined;
}
