import type { Payload } from "#protocol";
import type { ChatMessage } from "#protocol/domains/chat.ts";
import type { GatewayClient } from "#src/client/client.ts";
import { ConnectionClosed, mayReconnect } from "#src/client/errors.ts";
import type { ReconnectPolicy } from "#src/client/reconnect.ts";
import { uuid } from "#src/lib/ids.ts";
import { textOf } from "./reply.ts";

/** How a turn ended. */
export type Outcome =
  | { state: "final" | "aborted"; text: string; notice?: string }
  | { state: "error"; message: string }
  /** The message was an order to stop; `stopped` says whether anything ran. */
  | { state: "stop"; stopped: boolean };

export interface ConversationOptions {
  sessionKey: string;
  connect(): Promise<GatewayClient>;
  policy: ReconnectPolicy;
  sleep(ms: number): Promise<void>;
  /** The reply so far, and who writes it. */
  onText(text: string, runtime: string | undefined): void;
  onConnection(state: "lost" | "back"): void;
}

/** One session as a person talks to it: one message at a time, across lost connections. */
export interface Conversation extends AsyncDisposable {
  /** Connects where no connection stands. */
  client(): Promise<GatewayClient>;
  /** Resolves when the reply is complete. */
  say(message: string): Promise<Outcome>;
  /** Stops the reply that is being written; false where there is none or nobody to tell. */
  abort(): Promise<boolean>;
}

export function createConversation(options: ConversationOptions): Conversation {
  const { sessionKey, policy } = options;
  let current: GatewayClient | undefined;
  let running: string | undefined;

  async function client(): Promise<GatewayClient> {
    if (current !== undefined) return current;
    const opened = await options.connect();
    current = opened;
    policy.succeeded();
    void opened.closed.then(() => {
      if (current === opened) current = undefined;
    });
    return opened;
  }

  /** After a loss: tries until it works or cannot work any more. */
  async function again(cause: unknown): Promise<void> {
    options.onConnection("lost");
    for (let reason = cause; ; ) {
      const wait = policy.next(reason);
      if (wait === null) throw reason;
      await options.sleep(wait);
      try {
        await client();
        options.onConnection("back");
        return;
      } catch (failure) {
        reason = failure;
      }
    }
  }

  async function say(message: string): Promise<Outcome> {
    const runId = uuid();
    running = runId;
    try {
      for (;;) {
        try {
          return await attempt(await client(), runId, message);
        } catch (cause) {
          if (!(cause instanceof ConnectionClosed) || !mayReconnect(cause)) throw cause;
          // The key makes the repeat harmless: what is already running or done is not done twice.
          await again(cause);
        }
      }
    } finally {
      running = undefined;
    }
  }

  async function attempt(to: GatewayClient, runId: string, message: string): Promise<Outcome> {
    const ended = Promise.withResolvers<Outcome>();
    const leave = to.events("chat", (event) => {
      if (event.runId !== runId) return;
      if (event.state === "delta") options.onText(textOf(event.message), event.message.runtime);
      else ended.resolve(conclude(event));
    });
    try {
      const answer = await to.call("chat.send", { sessionKey, message, idempotencyKey: runId });
      if (answer.status === undefined) return { state: "stop", stopped: answer.aborted ?? false };
      if (answer.status === "ok") return await recall(to, runId);
      return await Promise.race([ended.promise, to.closed.then((closed) => Promise.reject(closed))]);
    } finally {
      leave();
    }
  }

  function conclude(event: Exclude<Payload<"chat">, { state: "delta" }>): Outcome {
    if (event.state === "error") return { state: "error", message: event.errorMessage };
    if (event.message !== undefined) options.onText(textOf(event.message), event.message.runtime);
    return { state: event.state, text: textOf(event.message), ...noticeOf(event.message) };
  }

  /** The run ended while nobody listened: its reply lies in the transcript. */
  async function recall(from: GatewayClient, runId: string): Promise<Outcome> {
    const { messages } = await from.call("chat.history", { sessionKey, limit: 50 });
    const replies = messages.filter((each) => each.role === "assistant" && each.runId === runId);
    const failed = replies.find((reply) => reply.errorMessage !== undefined);
    if (failed?.errorMessage !== undefined) return { state: "error", message: failed.errorMessage };
    const last: ChatMessage | undefined = replies.at(-1);
    if (last !== undefined) options.onText(textOf(last), last.runtime);
    const state = last?.stopReason === "aborted" ? "aborted" : "final";
    return { state, text: textOf(last), ...noticeOf(last) };
  }

  return {
    client,
    say,
    async abort() {
      if (current === undefined || running === undefined) return false;
      return (await current.call("chat.abort", { sessionKey, runId: running })).aborted;
    },
    async [Symbol.asyncDispose]() {
      await current?.close();
    },
  };
}

function noticeOf(message: ChatMessage | undefined): { notice?: string } {
  return message?.notice === undefined ? {} : { notice: message.notice };
}
