import type { Topic } from "#src/lib/topics.ts";
import type { Subscriptions } from "#src/methods/handler.ts";

/** How many topics one connection may hear. */
const maxTopics = 256;

const nobody: ReadonlySet<never> = new Set();

/** Who asked to hear what. Nothing of a listener is left once it has been forgotten. */
export interface SubscriptionBook<Listener> {
  of(listener: Listener, isHere: () => boolean): Subscriptions;
  listeners(topic: Topic): ReadonlySet<Listener>;
  forget(listener: Listener): void;
}

export function createSubscriptionBook<Listener>(): SubscriptionBook<Listener> {
  const byTopic = new Map<Topic, Set<Listener>>();
  const byListener = new Map<Listener, Set<Topic>>();

  function leave(listener: Listener, topic: Topic): void {
    const listeners = byTopic.get(topic);
    listeners?.delete(listener);
    if (listeners?.size === 0) byTopic.delete(topic);
  }

  return {
    of: (listener, isHere) => ({
      add(topic) {
        // A request may outlive its socket.
        if (!isHere()) return true;
        const topics = byListener.get(listener) ?? new Set();
        if (topics.has(topic)) return true;
        if (topics.size >= maxTopics) return false;
        byListener.set(listener, topics.add(topic));
        byTopic.set(topic, (byTopic.get(topic) ?? new Set()).add(listener));
        return true;
      },
      remove(topic) {
        const topics = byListener.get(listener);
        if (topics?.delete(topic) !== true) return;
        if (topics.size === 0) byListener.delete(listener);
        leave(listener, topic);
      },
    }),
    listeners: (topic) => byTopic.get(topic) ?? nobody,
    forget(listener) {
      for (const topic of byListener.get(listener) ?? []) leave(listener, topic);
      byListener.delete(listener);
    },
  };
}
