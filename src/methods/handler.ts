import type { Accepted, Domain, domains, MethodName, Params, Result } from "#protocol";
import type { Scope } from "#protocol/access.ts";
import type { Generation } from "#protocol/version.ts";
import type { Serialized } from "#src/lib/serialized.ts";
import type { Topic } from "#src/lib/topics.ts";

/** Who asks. One per connection, and what idempotency and access are judged by. */
export interface Caller {
  readonly connectionId: string;
  readonly generation: Generation;
  readonly role: "operator" | "node";
  readonly scopes: ReadonlySet<Scope>;
  /** The device, else the kind of authentication: whose idempotency keys these are. */
  readonly principal: string;
  readonly deviceId: string | null;
  readonly client: { readonly id: string; readonly mode: string; readonly name: string };
  readonly language: "en" | "zh";
  /** Aborts when the socket is gone; ends requests, never runs. */
  readonly signal: AbortSignal;
  readonly subscriptions: Subscriptions;
}

/** What a connection hears beside the events for everybody; gone with its socket. */
export interface Subscriptions {
  /** False where the connection hears as many topics as it may. */
  add(topic: Topic): boolean;
  remove(topic: Topic): void;
}

export interface Call<M extends MethodName> {
  params: Params<M>;
  caller: Caller;
  /** Sends the first of two answers; for a method that answers once it takes never. */
  accept: (first: Accepted<M>) => void;
  /** What tells the request from another with the same idempotency key; empty for a method that takes no key. */
  fingerprint: string;
  /** Says that the room has the key and the fingerprint in its own record, which answers a repeat. */
  recorded: () => void;
}

export type Answer<M extends MethodName> = Result<M> | Serialized<Result<M>>;

/** Answers one method: returns a result or throws a GatewayError; it never sees a frame. */
export type Handler<M extends MethodName> = (call: Call<M>) => Answer<M> | Promise<Answer<M>>;

/** The handlers of a domain: all of its methods, nothing else. */
export type DomainHandlers<D extends Domain> = {
  [M in keyof (typeof domains)[D] & MethodName]: Handler<M>;
};

export type Handlers = { [M in MethodName]: Handler<M> };
