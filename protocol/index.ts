import type { Access } from "./access.ts";
import { type domains, events, methods } from "./declarations.ts";
import type {
  AcceptedOf,
  EventDeclaration,
  MethodDeclaration,
  ParamsOf,
  PayloadOf,
  ResultOf,
} from "./define.ts";

export { domains, events, handshake, methods } from "./declarations.ts";

export type Domain = keyof typeof domains;
export type Methods = typeof methods;
export type MethodName = keyof Methods;
export type Events = typeof events;
export type EventName = keyof Events;

export type Params<M extends MethodName> = ParamsOf<Methods[M]>;
export type Result<M extends MethodName> = ResultOf<Methods[M]>;
/** The first of two answers; never for a method that answers once. */
export type Accepted<M extends MethodName> = AcceptedOf<Methods[M]>;
export type Payload<E extends EventName> = PayloadOf<Events[E]>;

export function isMethod(name: string): name is MethodName {
  return Object.hasOwn(methods, name);
}

export function isEvent(name: string): name is EventName {
  return Object.hasOwn(events, name);
}

export function declarationOf(name: MethodName): MethodDeclaration {
  return methods[name];
}

export function eventDeclarationOf(name: EventName): EventDeclaration {
  return events[name];
}

export function accessOf(name: MethodName): Access {
  return methods[name].access;
}
