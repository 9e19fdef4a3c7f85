import { parseCommand } from "#src/agents/commands.ts";
import type { InboundMessage } from "#src/channels/inbound.ts";
import type { AccountPolicy } from "#src/channels/policy.ts";
import { type Admission, admit } from "./admit.ts";
import type { Utterance } from "./framing.ts";
import type { KeepStore, Kept } from "./keep.ts";
import type { PairingStore } from "./pairing.ts";
import type { Placing } from "./placing.ts";
import type { Route } from "./route.ts";

/** A message that will be answered: where, by whom and with which rights. */
export interface Accepted extends Kept {
  owner: boolean;
  route: Route;
  /** As the owner's command would be typed; null for any other text. */
  command: string | null;
}

export type Decision = Exclude<Admission, { is: "admitted" }> | { is: "accepted"; accepted: Accepted };

export interface DecideOptions {
  keep: KeepStore;
  pairing: PairingStore;
  placing: Pick<Placing, "place">;
  /** What a session says about mentions. */
  activation: (key: string) => string | undefined;
}

/** Whether a message is let in, and where it belongs. Writes nothing. */
export function createDecide({ keep, pairing, placing, activation }: DecideOptions) {
  return function decide(kept: Kept, policy: AccountPolicy): Decision {
    const { channel, account, event } = kept;
    const { text, message } = utteranceOf(kept);
    const { conversation, sender } = event;
    const command = commandOf(text, message);
    const firstId = keep.firstId(channel, account, conversation.id);
    const formerIds = firstId === conversation.id ? [] : [firstId];
    const standing = pairing.standing(channel, account, sender);
    const place = (owner: boolean) =>
      placing.place({ channel, account, conversation, sender, owner }, policy);
    const admission = admit(
      {
        conversation,
        formerIds,
        sender,
        text,
        mentionsUs: event.type === "action" ? "explicit" : (message?.mentionsUs ?? "no"),
        isCommand: command !== null,
        isForAnother: isForAnother(text, message),
      },
      policy,
      {
        ...standing,
        activation: conversation.kind === "direct" ? undefined : activation(place(standing.owner).key),
      },
    );
    if (admission.is !== "admitted") return admission;
    const { owner } = admission;
    return { is: "accepted", accepted: { ...kept, owner, route: place(owner), command } };
  };
}

/** What was said: by writing, or by pressing a button that stands for a text. */
export function utteranceOf({ event }: Kept): Utterance {
  const { conversation, sender } = event;
  if (event.type === "message") return { conversation, sender, text: event.text, message: event };
  return { conversation, sender, text: event.type === "action" ? event.value : "" };
}

function commandOf(text: string, message: InboundMessage | undefined): string | null {
  if (message?.command !== undefined) {
    const { name, args } = message.command;
    return `/${name} ${args}`.trim();
  }
  const isNamed = message?.mentionsUs === "explicit";
  if (isForAnother(text, message)) return null;
  const bare = isNamed ? text.trim().replace(/^@\S+\s+/, "") : text;
  return parseCommand(bare) === null ? null : bare.trim();
}

/** `/status@other`: what is ours to carry out, the channel tells as a command. */
function isForAnother(text: string, message: InboundMessage | undefined): boolean {
  if (message?.command !== undefined || message?.mentionsUs === "explicit") return false;
  return /^\s*[/／]\w+@/.test(text);
}
