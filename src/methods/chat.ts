import type { Result } from "#protocol";
import type { AgentDirectory } from "#src/agents/directory.ts";
import type { Runner } from "#src/agents/runner.ts";
import { ownChannel } from "#src/channels/index.ts";
import { imagesOf } from "#src/inbox/attachments.ts";
import type { Inbox } from "#src/inbox/inbox.ts";
import type { EventBus } from "#src/lib/bus.ts";
import { GatewayError } from "#src/lib/errors.ts";
import { shortId } from "#src/lib/ids.ts";
import { Serialized } from "#src/lib/serialized.ts";
import { agentOfKey, canonicalKey, type KeyDefaults, keyOfAgent } from "#src/sessions/key.ts";
import type { SessionStore } from "#src/sessions/store.ts";
import type { Transactor } from "#src/store/transactor.ts";
import { fitHistory } from "./fit-history.ts";
import type { DomainHandlers } from "./handler.ts";
import { insistOnAgent } from "./known-agent.ts";

export interface ChatRooms {
  inbox: Inbox;
  runner: Runner;
  agents: () => AgentDirectory;
  sessions: SessionStore;
  transactor: Transactor;
  bus: EventBus;
  keys: KeyDefaults;
  now: () => number;
  /** The thinking level where a session has none of its own. */
  thinkingDefault: () => string;
  changed: () => void;
}

const defaultLimit = 200;
/** Room for what an answer holds beside its messages; together they stay below 1 MiB. */
const historyBytes = 1_000_000;

const stopWords = new Set(["/stop", "stop", "esc", "abort", "wait", "exit", "interrupt"]);

export function chatHandlers(rooms: ChatRooms): DomainHandlers<"chat"> {
  const { inbox, runner, sessions, transactor, bus, keys, now } = rooms;

  return {
    "chat.history": ({ params }) => {
      const asked = params.sessionKey ?? "main";
      const key = keyOfAgent(asked, params.agentId, keys);
      const page = sessions.history(key, params.limit ?? defaultLimit, params.cursor ?? null);
      // What waits for its turn is part of the latest page, so that a reload shows all that was acknowledged.
      const latest = params.cursor === undefined;
      const inFlight = latest ? runner.inFlight(key) : null;
      const room = historyBytes - Buffer.byteLength(JSON.stringify(inFlight));
      const { texts, trimmed } = fitHistory(page.messages, latest ? inbox.pending(key) : [], room);
      const first = page.messages.length === 0 ? undefined : texts[0];
      const nextCursor = first === undefined ? null : (JSON.parse(first) as { id?: string }).id;
      const older =
        trimmed ||
        (page.sessionId !== null &&
          page.firstId !== null &&
          sessions.hasBefore(page.sessionId, page.firstId));
      const sessionInfo = latest ? sessions.row(key, { titles: true, previews: false }) : null;
      const rest: Partial<Result<"chat.history">> = {
        sessionKey: asked,
        hasMore: older,
        totalMessages: page.total,
        ...(page.sessionId === null ? {} : { sessionId: page.sessionId }),
        ...(older && nextCursor != null ? { nextCursor } : {}),
        ...(inFlight === null ? {} : { inFlightRun: inFlight }),
        thinkingLevel: page.settings.thinkingLevel ?? rooms.thinkingDefault(),
        ...(sessionInfo === null ? {} : { sessionInfo }),
      };
      return new Serialized<Result<"chat.history">>(
        `{"messages":[${texts.join(",")}],${JSON.stringify(rest).slice(1)}`,
      );
    },
    "chat.send": async ({ params, caller, fingerprint, recorded }) => {
      const askedKey = params.sessionKey;
      const key = keyOfAgent(askedKey, params.agentId, keys);
      const runId = params.idempotencyKey;
      const known = inbox.again("chat", caller.principal, runId, fingerprint);
      if (known !== null) {
        recorded();
        return { runId, status: known.live ? "in_flight" : "ok" };
      }
      const images = imagesOf(params.attachments ?? []);
      const text = params.message.trim();
      if (text === "" && images.length === 0) {
        throw new GatewayError("INVALID_REQUEST", {
          en: "message is empty; send text or an image",
          zh: "消息为空；请发送文字或图片",
        });
      }
      if (stopWords.has(text.toLowerCase())) {
        const runIds = inbox.abort(key, null, "stop");
        return { ok: true, aborted: runIds.length > 0, runIds };
      }
      insistOnAgent(agentOfKey(key, keys), rooms.agents());
      await inbox.take({
        kind: "chat",
        channel: ownChannel.id,
        account: "default",
        conversation: key,
        messageId: `${caller.principal}:chat:${runId}`,
        principal: caller.principal,
        runId,
        key,
        askedKey,
        options: {
          fingerprint,
          content: [...(text === "" ? [] : [{ type: "text" as const, text: params.message }]), ...images],
          owner: true,
          language: caller.language,
          ...(params.timeoutMs === undefined || params.timeoutMs === 0
            ? {}
            : { timeoutMs: params.timeoutMs }),
          ...(params.thinking === undefined || params.thinking === "" ? {} : { thinking: params.thinking }),
        },
      });
      recorded();
      return { runId, status: "started" };
    },
    "chat.abort": ({ params }) => {
      const key = keyOfAgent(params.sessionKey, params.agentId, keys);
      const runIds = inbox.abort(key, params.runId ?? null, "rpc");
      return { ok: true, aborted: runIds.length > 0, runIds };
    },
    "chat.inject": async ({ params }) => {
      const key = canonicalKey(params.sessionKey, keys);
      if (sessions.find(key) === null) throw new GatewayError("INVALID_REQUEST", "session not found");
      const messageId = shortId();
      const text = params.label === undefined ? params.message : `[${params.label}]\n\n${params.message}`;
      const message = {
        role: "assistant" as const,
        content: [{ type: "text" as const, text }],
        timestamp: now(),
        id: messageId,
        stopReason: "injected",
        usage: { input: 0, output: 0, totalTokens: 0 },
      };
      await transactor.transact(() => sessions.append(key, message));
      rooms.changed();
      const runId = `inject-${messageId}`;
      bus.emit("chat", { runId, sessionKey: params.sessionKey, seq: 0, state: "final", message });
      return { ok: true, messageId };
    },
    "chat.subscribe": ({ params }) => ({ ok: true, sessionKey: params.sessionKey }),
  };
}
