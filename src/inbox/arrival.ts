import type { ContentPart } from "#protocol/domains/chat.ts";
import type { InboundEvent, Person } from "#src/channels/inbound.ts";
import { type Accepted, utteranceOf } from "./decide.ts";
import { saidOf, surroundingsOf } from "./framing.ts";
import type { Kept } from "./keep.ts";
import type { Arrival } from "./turns.ts";

export interface ArrivalRequest {
  /** Where the messages belong, as decided for the last of them. */
  accepted: Accepted;
  /** The messages that make the turn, as they are now, in order; at least one. */
  messages: readonly [Kept, ...Kept[]];
  /** What happened in the conversation before, and nobody has been told. */
  earlier: readonly Kept[];
  runId: string;
  /** What the owner says in the config about this group. */
  systemPrompt?: string | undefined;
}

/** The turn that a channel's messages make. */
export function arrivalOf({ accepted, messages, earlier, runId, systemPrompt }: ArrivalRequest): Arrival {
  const { channel, account, conversation, route, owner, command } = accepted;
  const { event } = messages.at(-1) ?? messages[0];
  const { content, attachments, messageId, text } = contentOf(messages);
  return {
    kind: "chat",
    channel,
    account,
    conversation,
    messageId: event.type === "action" ? `action:${event.id}` : event.id,
    principal: `channel:${channel}:${account}`,
    runId,
    key: route.key,
    askedKey: route.key,
    options: {
      content,
      owner,
      language: languageOf(text, event.sender),
      ...(systemPrompt === undefined || systemPrompt === "" ? {} : { extraSystem: systemPrompt }),
      origin: {
        kind: event.conversation.kind,
        messageId,
        sender: event.sender.id,
        command,
        surroundings: surroundingsOf({
          channel,
          owner,
          utterances: messages.map(utteranceOf),
          earlier: earlier.map((each) => each.event),
        }),
        attachments,
        parts: messages.map(({ id }) => id),
      },
    },
  };
}

/** What the messages of a turn say together, and the one that the answer belongs to. */
export function contentOf(messages: readonly [Kept, ...Kept[]]) {
  const utterances = messages.map(utteranceOf);
  const text = saidOf(utterances);
  const content: ContentPart[] = [{ type: "text", text: text === "" ? "[a message without text]" : text }];
  const attachments = utterances.flatMap(({ message }) => message?.attachments ?? []);
  const { event } = messages.at(-1) ?? messages[0];
  return { text, content, attachments, messageId: messageIdOf(event) };
}

/** A pressed button has no message of its own: the one that it hangs on. */
function messageIdOf(event: InboundEvent): string {
  return event.type === "action" ? event.messageId : event.id;
}

/** The language in which the gateway itself answers: that of the text, or of their app where a text has none. */
export function languageOf(text: string, { language = "" }: Pick<Person, "language"> = {}): "en" | "zh" {
  if (/\p{Script=Han}/u.test(text)) return "zh";
  const hasWords = /\p{L}/u.test(text.replace(/[/／]\w+(@\w+)?/g, ""));
  return !hasWords && /^zh\b/i.test(language) ? "zh" : "en";
}
