import type { Role, Scope } from "#protocol/access.ts";
import type { PairingReason } from "#protocol/domains/devices.ts";
import { uuid } from "#src/lib/ids.ts";
import type { Applicant } from "./store.ts";

/** A device that waits for somebody's approval. */
export interface Waiting {
  requestId: string;
  applicant: Applicant;
  role: Role;
  scopes: readonly Scope[];
  reason: PairingReason;
  isRepair: boolean;
  /** By whom limits are kept: an address, or a network. */
  source: string;
  since: number;
}

export type Asked =
  | { as: "new"; waiting: Waiting; replaced: Waiting | null }
  | { as: "before"; waiting: Waiting }
  | { as: "too-many" };

const lifetimeMs = 300_000;
const rejectedMs = 300_000;
const most = 100;
const mostOfOneSource = 8;
const mostRejections = 1_000;

export type Pending = ReturnType<typeof createPending>;

/** Requests wait in memory: whoever still wants in after a restart asks again by itself. */
export function createPending(now: () => number, expired: (waiting: Waiting) => void) {
  /** By device, the oldest first. */
  const byDevice = new Map<string, Waiting>();
  /** By device: until when it is told to stop. */
  const rejections = new Map<string, number>();

  function prune(): void {
    for (const waiting of byDevice.values()) {
      if (waiting.since + lifetimeMs > now()) break;
      byDevice.delete(waiting.applicant.deviceId);
      expired(waiting);
    }
  }

  function find(requestId: string): Waiting | null {
    prune();
    for (const waiting of byDevice.values()) if (waiting.requestId === requestId) return waiting;
    return null;
  }

  return {
    /**
     * One request per device, judged anew each time: whoever asks for something else than before gets another id,
     * so that nobody approves what they have not been shown.
     */
    ask(order: Omit<Waiting, "requestId" | "since">): Asked {
      prune();
      const { deviceId } = order.applicant;
      const before = byDevice.get(deviceId) ?? null;
      if (before !== null && isSame(before, order)) return { as: "before", waiting: before };
      if (before === null) {
        const ofSource = [...byDevice.values()].filter(({ source }) => source === order.source).length;
        if (byDevice.size >= most || ofSource >= mostOfOneSource) return { as: "too-many" };
      }
      const waiting = { ...order, requestId: uuid(), since: now() };
      byDevice.delete(deviceId);
      byDevice.set(deviceId, waiting);
      return { as: "new", waiting, replaced: before };
    },
    list(): Waiting[] {
      prune();
      return [...byDevice.values()];
    },
    find,
    /** The request of this device, taken out: it was let in by another way. */
    takeOf(deviceId: string): Waiting | null {
      prune();
      const waiting = byDevice.get(deviceId) ?? null;
      byDevice.delete(deviceId);
      return waiting;
    },
    /** Takes it out, unless its device has asked for something else meanwhile. */
    take(waiting: Waiting): void {
      const { deviceId } = waiting.applicant;
      if (byDevice.get(deviceId) === waiting) byDevice.delete(deviceId);
    },
    reject(deviceId: string): void {
      rejections.delete(deviceId);
      rejections.set(deviceId, now() + rejectedMs);
      for (const oldest of rejections.keys()) {
        if (rejections.size <= mostRejections) break;
        rejections.delete(oldest);
      }
    },
    isRejected(deviceId: string): boolean {
      const until = rejections.get(deviceId);
      if (until === undefined) return false;
      if (until > now()) return true;
      rejections.delete(deviceId);
      return false;
    },
    /** It was let in after all. */
    forgive(deviceId: string): void {
      rejections.delete(deviceId);
    },
  };
}

function isSame(before: Waiting, order: Omit<Waiting, "requestId" | "since">): boolean {
  return shownOf(before) === shownOf(order);
}

/** All that the one who approves is shown, but for the id. */
function shownOf({
  applicant,
  role,
  scopes,
  reason,
  isRepair,
}: Omit<Waiting, "requestId" | "since">): string {
  return JSON.stringify([applicant, role, scopes.toSorted(), reason, isRepair]);
}
