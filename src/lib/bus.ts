import type { EventName, Payload } from "#protocol";

/** How one event travels, beyond what its declaration says. */
export interface EmitOptions {
  /** A later event of the same run carries this content again, so a slow listener may miss it. */
  delta?: boolean;
}

export type Listener = <E extends EventName>(event: E, payload: Payload<E>, options: EmitOptions) => void;

/** Where rooms say that something changed, once and after the commit; the gateway listens. */
export interface EventBus {
  emit<E extends EventName>(event: E, payload: Payload<E>, options?: EmitOptions): void;
  listen(listener: Listener): () => void;
}

export function createEventBus(): EventBus {
  const listeners = new Set<Listener>();
  return {
    emit(event, payload, options = {}) {
      for (const listener of listeners) listener(event, payload, options);
    },
    listen(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
