/** A chat platform that behaves: it keeps what it shows, and refuses, delays or loses answers as it is told. */
import type {
  Account,
  Capabilities,
  ChannelError,
  ConversationRef,
  OutboundPart,
  SendContext,
  SendOutcome,
} from "#src/channels/channel.ts";
import { conversationText } from "#src/channels/conversation.ts";
import type { Block, Document, Inline } from "#src/channels/document.ts";
import type { MessageRef } from "#src/channels/inbound.ts";
import { GatewayError } from "#src/lib/errors.ts";

export interface ShownMessage {
  id: string;
  conversation: string;
  key: string;
  text: string;
  media: string[];
  replyTo?: string;
  reaction?: string;
}

/** What happens to one call: it works, is refused, is carried out but its answer is lost, or never ends. */
export type Fate =
  | { is: "works" }
  | { is: "refused"; error: ChannelError; retry: boolean }
  | { is: "answer lost" }
  | { is: "never arrives" }
  | { is: "hangs"; arrives: boolean }
  | { is: "breaks"; arrives: boolean };

export interface PlatformOptions {
  idempotentSend?: Capabilities["idempotentSend"];
  max?: number;
  stream?: Capabilities["stream"];
  perMessage?: number;
  captionMax?: number;
  rates?: Capabilities["rates"];
  without?: readonly ("edit" | "remove" | "react" | "typing" | "poll")[];
}

export type FakePlatform = ReturnType<typeof createFakePlatform>;

export function createFakePlatform(options: PlatformOptions = {}) {
  const way = options.idempotentSend ?? "no";
  const messages: ShownMessage[] = [];
  const calls: string[] = [];
  const sends: OutboundPart[] = [];
  let next = 1;
  /** Decides over every call; the default is that all works. */
  let fate: (call: string, text: string) => Fate | Promise<Fate> = () => ({ is: "works" });
  /** A process that has died hears nothing more. */
  const never = new Promise<never>(() => {});

  async function carryOut(call: string, text: string, deed: () => MessageRef): Promise<SendOutcome> {
    calls.push(`${call} ${text}`);
    const decided = await fate(call, text);
    switch (decided.is) {
      case "works":
        return { is: "sent", ref: deed() };
      case "refused":
        return { is: "rejected", error: decided.error, retry: decided.retry };
      case "answer lost":
        deed();
        return { is: "unknown", error: { kind: "network", message: "the connection broke" } };
      case "never arrives":
        return { is: "unknown", error: { kind: "network", message: "the connection broke" } };
      case "hangs":
        if (decided.arrives) deed();
        return never;
      case "breaks":
        if (decided.arrives) deed();
        throw new Error("broken adapter");
    }
  }

  function find({ id, conversation }: MessageRef): ShownMessage | undefined {
    return messages.find((each) => each.id === id && each.conversation === conversationText(conversation));
  }

  const gone: SendOutcome = {
    is: "rejected",
    error: { kind: "gone", message: "there is no such message" },
    retry: false,
  };

  const account: Account = {
    run: (signal) => new Promise((resolve) => signal.addEventListener("abort", () => resolve())),
    capabilities: () => ({
      text: { max: options.max ?? 200, unit: "utf16", formatting: "native" },
      media: {
        kinds: new Set(["image", "video", "document", "audio"]),
        maxBytes: 1_000_000,
        perMessage: options.perMessage ?? 3,
        captionMax: options.captionMax ?? 50,
      },
      reply: "native",
      thread: "no",
      buttons: "no",
      edit: { level: options.without?.includes("edit") ? "no" : "native", minIntervalMs: 1_000 },
      remove: { level: options.without?.includes("remove") ? "no" : "native" },
      reaction: { level: options.without?.includes("react") ? "no" : "native", perMessage: 1 },
      poll: {
        level: options.without?.includes("poll") ? "no" : "native",
        maxOptions: 4,
        questionMax: 50,
        optionMax: 20,
      },
      stream: options.stream ?? "edit",
      typing: { level: options.without?.includes("typing") ? "no" : "native", refreshMs: 4_000 },
      idempotentSend: way,
      ...(options.rates === undefined ? {} : { rates: options.rates }),
    }),
    async resolve(target): Promise<ConversationRef> {
      if (!/^-?\d+$/.test(target))
        throw new GatewayError("INVALID_REQUEST", `${target} is no number of a chat; write one such as 4711`);
      return { kind: target.startsWith("-") ? "group" : "direct", id: target };
    },
    measure: (document) => textOf(document).length,
    send(part: OutboundPart, { to, key, replyTo }: SendContext) {
      const text = textOfPart(part);
      sends.push(part);
      return carryOut("send", text, () => {
        const known = way === "by-key" ? messages.find((each) => each.key === key) : undefined;
        const message: ShownMessage = known ?? {
          id: `m${next++}`,
          conversation: conversationText(to),
          key,
          text,
          media: part.is === "media" ? part.media.map(({ fileName, kind }) => `${kind} ${fileName}`) : [],
          ...(replyTo === undefined ? {} : { replyTo }),
        };
        if (known === undefined) messages.push(message);
        return { conversation: to, id: message.id };
      });
    },
    ...(way === "by-lookup"
      ? {
          async lookup({ to, key }: SendContext): Promise<MessageRef | null> {
            calls.push("lookup");
            const decided = await fate("lookup", "");
            if (decided.is !== "works") throw new Error("the platform cannot say now");
            const found = messages.find((each) => each.key === key);
            return found === undefined ? null : { conversation: to, id: found.id };
          },
        }
      : {}),
    ...(options.without?.includes("edit")
      ? {}
      : {
          edit(ref: MessageRef, document: Document) {
            const message = find(ref);
            if (message === undefined) return Promise.resolve(gone);
            return carryOut("edit", textOf(document), () => {
              message.text = textOf(document);
              return ref;
            });
          },
        }),
    ...(options.without?.includes("remove")
      ? {}
      : {
          remove(ref: MessageRef) {
            const message = find(ref);
            if (message === undefined) return Promise.resolve(gone);
            return carryOut("remove", message.text, () => {
              messages.splice(messages.indexOf(message), 1);
              return ref;
            });
          },
        }),
    ...(options.without?.includes("react")
      ? {}
      : {
          react(ref: MessageRef, emoji: string) {
            return carryOut("react", `${ref.id} ${emoji}`, () => {
              const message = find(ref);
              if (message !== undefined) message.reaction = emoji;
              return ref;
            });
          },
        }),
    ...(options.without?.includes("typing")
      ? {}
      : {
          async typing() {
            calls.push("typing");
          },
        }),
    async draft(_to, id, document) {
      calls.push(`draft ${id} ${textOf(document)}`);
    },
    probe: async () => ({ ok: true, findings: [], elapsedMs: 0 }),
  };

  return {
    account,
    /** What people see. */
    messages,
    /** The parts that it was to send, in order. */
    sends,
    /** What it was asked, in order. */
    calls,
    decide(how: typeof fate) {
      fate = how;
    },
    texts: () => messages.map(({ text }) => text),
  };
}

function textOfPart(part: OutboundPart): string {
  if (part.is === "text") return textOf(part.document);
  if (part.is === "media") return part.caption === undefined ? "" : textOf(part.caption);
  return `poll: ${part.question} [${part.options.join(", ")}]${part.multiple ? " multiple" : ""}`;
}

export function textOf({ blocks }: Document): string {
  return blocks.map(ofBlock).join("\n\n");
}

function ofBlock(block: Block): string {
  if (block.is === "code") return block.text;
  if (block.is === "quote") return textOf(block);
  if (block.is === "list") return block.items.map((item) => `- ${textOf(item)}`).join("\n");
  if (block.is === "table")
    return [block.header, ...block.rows].map((row) => row.map(ofInlines).join(" | ")).join("\n");
  return block.is === "rule" ? "---" : ofInlines(block.children);
}

function ofInlines(inlines: readonly Inline[]): string {
  return inlines
    .map((each) => (each.is === "break" ? "\n" : "text" in each ? each.text : ofInlines(each.children)))
    .join("");
}
