import type { Static, TSchema } from "@sinclair/typebox";
import type { Access, Audience } from "./access.ts";

/**
 * What a second request with the same idempotency key gets, while and after the first:
 * - `again`: the method has no key; it is carried out again.
 * - `stored`: the stored answer, after waiting for the first where it still runs.
 * - `state`: `{runId, status: "in_flight"}` while the run lasts, then `{runId, status: "ok"}`.
 * - `accepted`: the `accepted` answer while the run lasts, then the final one.
 * The record lasts 24 h and outlives a restart; a failure that had no effect is not kept; another payload
 * under a used key is refused.
 */
export type Repeat = "again" | "stored" | "state" | "accepted";

export interface MethodDeclaration {
  summary: string;
  access: Access;
  /** The protocol generation in which clients first knew the method. */
  since: 3 | 4;
  params: TSchema;
  result: TSchema;
  repeat: Repeat;
  /** A method that answers twice declares its first answer here; the second is `result`. */
  accepted?: TSchema;
  /** Keys that the schema does not know are dropped instead of refused: newer clients send them. */
  tolerant?: true;
}

export interface EventDeclaration {
  summary: string;
  audience: Audience;
  /**
   * When the listener does not keep up: `drop` the event (its number is used up, so the gap is seen),
   * `disconnect` the listener, or `drop-deltas`: drop what a later event of the same run repeats, else disconnect.
   */
  whenSlow: "drop" | "disconnect" | "drop-deltas";
  since: 3 | 4;
  payload: TSchema;
  /** Whether frames carry `stateVersion`. */
  versioned?: true;
  /**
   * Only connections that asked for it hear it, without a number: after `sessions.subscribe`, or for one session
   * after `sessions.messages.subscribe`.
   */
  subscribed?: "sessions" | "messages";
}

type Keyed = { idempotencyKey: string };

/** A method whose repeat is anything but `again` must take an idempotency key, and the reverse. */
type Checked<T extends Record<string, MethodDeclaration>> = {
  [K in keyof T]: T[K]["repeat"] extends "again"
    ? T[K]["params"]["static"] extends Keyed
      ? { error: "a method with an idempotencyKey says what a repeat gets" }
      : T[K]
    : T[K]["params"]["static"] extends Keyed
      ? T[K]
      : { error: "a repeat can only be known by an idempotencyKey in params" };
};

export function defineMethods<const T extends Record<string, MethodDeclaration>>(methods: T & Checked<T>): T {
  return methods;
}

export function defineEvents<const T extends Record<string, EventDeclaration>>(events: T): T {
  return events;
}

export type ParamsOf<M extends MethodDeclaration> = Static<M["params"]>;
export type ResultOf<M extends MethodDeclaration> = Static<M["result"]>;
export type AcceptedOf<M extends MethodDeclaration> = M extends { accepted: infer A extends TSchema }
  ? Static<A>
  : never;
export type PayloadOf<E extends EventDeclaration> = Static<E["payload"]>;
