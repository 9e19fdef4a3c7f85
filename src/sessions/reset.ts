import { lastHour, type Zone } from "#src/lib/time-zone.ts";

/** When a conversation starts afresh by itself; both where both are set. */
export interface ResetPolicy {
  mode: "daily" | "idle";
  /** The hour of mode daily, on local clocks. */
  atHour: number;
  /** The silence after which it does. */
  idleMinutes?: number | undefined;
}

/** The part of the config's `session` that says so. */
export interface ResetRules {
  reset?: ResetPolicy | undefined;
  resetByType?:
    | { dm?: ResetPolicy | undefined; group?: ResetPolicy | undefined; thread?: ResetPolicy | undefined }
    | undefined;
  resetByChannel?: Record<string, ResetPolicy> | undefined;
  /** The older spelling. */
  idleMinutes?: number | undefined;
}

const usualIdleMinutes = 60;

/** The policy of a conversation: its channel's, else its kind's, else the common one; null where none is set. */
export function resetPolicy(rules: ResetRules, key: string, channel: string): ResetPolicy | null {
  const found = rules.resetByChannel?.[channel] ?? rules.resetByType?.[typeOf(key)] ?? rules.reset;
  if (found !== undefined) return found;
  const { idleMinutes } = rules;
  return idleMinutes === undefined ? null : { mode: "idle", atHour: 0, idleMinutes };
}

/** Whether a message that arrives at `at` starts afresh a conversation whose last sign of life was at `lastAt`. */
export function isStale(policy: ResetPolicy, lastAt: number, at: number, zone: Zone): boolean {
  const { mode, atHour } = policy;
  const idleMinutes = policy.idleMinutes ?? (mode === "idle" ? usualIdleMinutes : undefined);
  if (idleMinutes !== undefined && at - lastAt > idleMinutes * 60_000) return true;
  return mode === "daily" && lastAt < lastHour(at, atHour, zone);
}

function typeOf(key: string): "dm" | "group" | "thread" {
  if (key.includes(":thread:") || key.includes(":topic:")) return "thread";
  return key.includes(":group:") || key.includes(":channel:") ? "group" : "dm";
}
