import type { Params, Result } from "#protocol";
import { GatewayError } from "#src/lib/errors.ts";
import { messagesOf, type Topic } from "#src/lib/topics.ts";
import { type KeyDefaults, keyOfAgent } from "#src/sessions/key.ts";
import type { Caller, DomainHandlers } from "./handler.ts";

export interface SubscriptionsRooms {
  keys: KeyDefaults;
  list: (params: Params<"sessions.list">) => Result<"sessions.list">;
}

export function subscriptionsHandlers({ keys, list }: SubscriptionsRooms): DomainHandlers<"subscriptions"> {
  return {
    "sessions.subscribe": ({ params, caller }) => {
      subscribe(caller, "sessions");
      // No await between the two, or a change in the gap would be lost to this client.
      return { subscribed: true, ...(Object.keys(params).length === 0 ? {} : { list: list(params) }) };
    },
    "sessions.unsubscribe": ({ caller }) => {
      caller.subscriptions.remove("sessions");
      return { subscribed: false };
    },
    "sessions.messages.subscribe": ({ params, caller }) => {
      const key = keyOfAgent(params.key, params.agentId, keys);
      subscribe(caller, messagesOf(key));
      return { subscribed: true, key };
    },
    "sessions.messages.unsubscribe": ({ params, caller }) => {
      const key = keyOfAgent(params.key, params.agentId, keys);
      caller.subscriptions.remove(messagesOf(key));
      return { subscribed: false, key };
    },
  };
}

function subscribe(caller: Caller, topic: Topic): void {
  if (caller.subscriptions.add(topic)) return;
  throw new GatewayError("INVALID_REQUEST", {
    en: "this connection hears as many sessions as it may; unsubscribe from some first",
    zh: "此连接订阅的会话已达上限；请先取消一些订阅",
  });
}
