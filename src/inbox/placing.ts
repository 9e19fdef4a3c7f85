import type { ConversationRef } from "#src/channels/channel.ts";
import type { InboundEvent, Person } from "#src/channels/inbound.ts";
import type { AccountPolicy } from "#src/channels/policy.ts";
import { groupOf, idsOf, isNamed } from "./admit.ts";
import type { KeepStore } from "./keep.ts";
import type { PairingStore } from "./pairing.ts";
import { type Route, type RouteRules, route } from "./route.ts";

/** One conversation of an account, and whom it is with. */
export interface Placed {
  channel: string;
  account: string;
  conversation: InboundEvent["conversation"];
  sender: Pick<Person, "id" | "otherIds">;
  owner: boolean;
}

export interface PlacingOptions {
  keep: Pick<KeepStore, "firstId" | "lastSender">;
  pairing: Pick<PairingStore, "standing">;
  rules: () => RouteRules;
}

/** To which agent and session conversations belong. */
export type Placing = ReturnType<typeof createPlacing>;

export function createPlacing({ keep, pairing, rules }: PlacingOptions) {
  function place(placed: Placed, policy: Pick<AccountPolicy, "groups">): Route {
    const { channel, account, conversation } = placed;
    const firstId = keep.firstId(channel, account, conversation.id);
    const { named, any } = groupOf(policy, conversation.id, [firstId]);
    const groupAgent = conversation.kind === "direct" ? undefined : (named?.agent ?? any?.agent);
    return route({ ...placed, firstId, groupAgent }, rules());
  }
  return {
    place,
    /** The session in which somebody would be answered who wrote in the conversation now. */
    sessionOf(
      channel: string,
      account: string,
      conversation: ConversationRef & { threadKind?: "topic" | "thread" },
      policy: Pick<AccountPolicy, "groups" | "allowFrom">,
    ): string {
      // Where nobody has written yet, a direct conversation has the name of its other end.
      const sender = { id: keep.lastSender(channel, account, conversation) ?? conversation.id };
      const isOwner =
        pairing.standing(channel, account, sender).owner || isNamed(idsOf(sender), policy.allowFrom);
      const owner = conversation.kind === "direct" && isOwner;
      return place({ channel, account, conversation, sender, owner }, policy).key;
    },
  };
}
