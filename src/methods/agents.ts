import type { Params, Result } from "#protocol";
import type { ContentPart } from "#protocol/domains/chat.ts";
import { type ModelCatalog, unknownModel } from "#src/agents/catalog.ts";
import type { AskedTools } from "#src/agents/client-tools.ts";
import type { AgentDirectory } from "#src/agents/directory.ts";
import { usageOnTheWire } from "#src/agents/run-usage.ts";
import { ownChannel } from "#src/channels/index.ts";
import { imagesOf } from "#src/inbox/attachments.ts";
import type { Inbox } from "#src/inbox/inbox.ts";
import type { Arrival, Outcome } from "#src/inbox/turns.ts";
import { GatewayError } from "#src/lib/errors.ts";
import { agentIdOf, agentOfKey, canonicalKey, type KeyDefaults, mainKeyOf } from "#src/sessions/key.ts";
import type { SessionStore } from "#src/sessions/store.ts";
import type { Call, DomainHandlers } from "./handler.ts";
import { insistOnAgent } from "./known-agent.ts";

export interface AgentsRooms {
  inbox: Inbox;
  sessions: SessionStore;
  agents: () => AgentDirectory;
  catalog: () => ModelCatalog;
  keys: KeyDefaults;
}

const waitMs = 30_000;
const refusing = "invalid agent params: ";

export function agentsHandlers({
  inbox,
  sessions,
  agents,
  catalog,
  keys,
}: AgentsRooms): DomainHandlers<"agents"> {
  /** The session that an agent request is for, as asked and in its one spelling. */
  function sessionOf(params: Params<"agent">): { key: string; askedKey: string } {
    const asked = params.sessionKey?.trim() ?? "";
    const agentId = params.agentId === undefined ? null : agentIdOf(params.agentId);
    if (agentId !== null) insistOnAgent(agentId, agents(), refusing);
    if (asked !== "") {
      const key = canonicalKey(asked, keys);
      const owner = agentOfKey(key, keys);
      if (agentId !== null && owner !== agentId) {
        const message = `invalid agent params: agent "${agentId}" does not match session key agent "${owner}"`;
        throw new GatewayError("INVALID_REQUEST", message);
      }
      insistOnAgent(owner, agents(), refusing);
      return { key, askedKey: asked };
    }
    if (params.sessionId !== undefined && params.sessionId !== "") {
      const found = sessions.findById(params.sessionId);
      const key =
        found?.key ?? canonicalKey(`agent:${agentId ?? keys.defaultAgentId}:${params.sessionId}`, keys);
      insistOnAgent(agentOfKey(key, keys), agents(), refusing);
      return { key, askedKey: key };
    }
    const key = mainKeyOf(agentId ?? keys.defaultAgentId, keys);
    return { key, askedKey: key };
  }

  /** A request that is seen for the first time, as the inbox takes it. */
  function arrivalOf({ params, caller, fingerprint }: Call<"agent">): Arrival {
    if (params.deliver === true && params.channel !== undefined && params.channel !== ownChannel.id) {
      const message = `invalid agent params: unknown channel: ${params.channel}; run without deliver to get the answer here`;
      throw new GatewayError("INVALID_REQUEST", message);
    }
    const { key, askedKey } = sessionOf(params);
    const model = modelOf(params);
    return {
      kind: "agent",
      channel: ownChannel.id,
      account: "default",
      conversation: key,
      messageId: `${caller.principal}:agent:${params.idempotencyKey}`,
      principal: caller.principal,
      runId: params.idempotencyKey,
      key,
      askedKey,
      options: {
        fingerprint,
        content: contentOf(params),
        owner: true,
        language: caller.language,
        ...(params.timeout === undefined || params.timeout === 0 ? {} : { timeoutMs: params.timeout * 1000 }),
        ...(params.thinking === undefined || params.thinking === "" ? {} : { thinking: params.thinking }),
        ...(model === null ? {} : { model }),
        ...(params.extraSystemPrompt === undefined ? {} : { extraSystem: params.extraSystemPrompt }),
        ...(params.history === undefined ? {} : { history: params.history }),
        ...(params.tools === undefined ? {} : { tools: toolsOf(params) }),
        ...(params.toolResults === undefined ? {} : { toolResults: params.toolResults }),
        ...(params.answerFormat === undefined ? {} : { answerFormat: params.answerFormat }),
        ...(params.sampling === undefined ? {} : { sampling: params.sampling }),
      },
    };
  }

  return {
    agent: async (call) => {
      const { accept, recorded } = call;
      const { idempotencyKey: runId } = call.params;
      const known = inbox.again("agent", call.caller.principal, runId, call.fingerprint);
      const taken = known ?? (await inbox.take(arrivalOf(call)));
      recorded();
      if (taken.live) accept({ runId, status: "accepted", acceptedAt: taken.acceptedAt });
      return finalOf(runId, await taken.done);
    },
    "agent.wait": async ({ params, caller }) => {
      const { runId } = params;
      const outcome = await inbox.wait(runId, params.timeoutMs ?? waitMs, caller.signal);
      if (outcome === undefined) return { runId, status: "timeout" };
      if (outcome === null) {
        const startedAt = inbox.startedAt(runId);
        return { runId, status: "timeout", ...(startedAt === null ? {} : { startedAt }) };
      }
      return {
        runId,
        status: outcome.status === "ok" ? "ok" : "error",
        startedAt: outcome.startedAt,
        endedAt: outcome.endedAt,
        ...(outcome.status === "ok" ? {} : { error: outcome.error?.message ?? outcome.stopReason }),
      };
    },
    "agent.identity.get": ({ params }) => {
      const key = params.sessionKey === undefined ? null : canonicalKey(params.sessionKey, keys);
      const id = params.agentId === undefined ? agentOfKey(key ?? "", keys) : agentIdOf(params.agentId);
      const agent = agents().find(id);
      if (agent === null)
        throw new GatewayError("INVALID_REQUEST", `unknown agent id "${id}"; agents.list names them`);
      const name = agent.identity.name ?? agent.name ?? "Assistant";
      const avatar = agent.identity.avatar ?? agent.identity.emoji ?? [...name][0]?.toUpperCase() ?? "A";
      return { agentId: id, name, avatar };
    },
    "agents.list": () => ({
      defaultId: agents().defaultId,
      mainKey: keys.mainKey,
      scope: keys.scope,
      agents: agents()
        .all()
        .map(({ id, name, identity }) => ({
          id,
          ...(name === undefined ? {} : { name }),
          ...(Object.keys(identity).length === 0 ? {} : { identity }),
        })),
    }),
  };

  function modelOf(params: Params<"agent">): string | null {
    if (params.model === undefined || params.model === "") return null;
    const ref =
      params.provider === undefined || params.provider === ""
        ? params.model
        : `${params.provider}/${params.model}`;
    const found = catalog().choose(ref);
    if (found === null) {
      throw new GatewayError("INVALID_REQUEST", `invalid agent params: ${unknownModel(ref, catalog())}`);
    }
    return found.ref;
  }
}

/** What is said with the message; nothing where there are only results of calls. */
function contentOf({ message, attachments = [], toolResults = [] }: Params<"agent">): ContentPart[] {
  if (message === "" && toolResults.length === 0) {
    throw new GatewayError(
      "INVALID_REQUEST",
      "invalid agent params: at /message: must NOT have fewer than 1 characters",
    );
  }
  const images = imagesOf(attachments);
  return message === "" ? images : [{ type: "text", text: message }, ...images];
}

function toolsOf({ tools = [], toolChoice, requiredTool, parallelToolCalls }: Params<"agent">): AskedTools {
  const names = tools.map(({ name }) => name);
  const doubled = names.find((name, index) => names.indexOf(name) !== index);
  if (doubled !== undefined) {
    const message = `invalid agent params: tools has ${doubled} twice; a name tells the functions apart`;
    throw new GatewayError("INVALID_REQUEST", message);
  }
  if (requiredTool !== undefined && !names.includes(requiredTool)) {
    const message = `invalid agent params: requiredTool is ${requiredTool}, which is not among the tools`;
    throw new GatewayError("INVALID_REQUEST", message);
  }
  return {
    tools,
    ...(toolChoice === undefined ? {} : { toolChoice }),
    ...(requiredTool === undefined ? {} : { requiredTool }),
    ...(parallelToolCalls === undefined ? {} : { parallelToolCalls }),
  };
}

function finalOf(runId: string, outcome: Outcome): Result<"agent"> {
  const meta = {
    durationMs: Math.max(outcome.endedAt - outcome.startedAt, 0),
    runtime: outcome.runtime,
    agentMeta: {
      sessionId: outcome.sessionId,
      provider: outcome.provider,
      model: outcome.model,
      ...(outcome.usage === undefined ? {} : { usage: usageOnTheWire(outcome.usage) }),
    },
    stopReason: outcome.stopReason,
    ...(outcome.notice === undefined ? {} : { notice: outcome.notice }),
    ...(outcome.calls === undefined ? {} : { pendingToolCalls: outcome.calls }),
    ...(outcome.status === "aborted" ? { aborted: true } : {}),
    ...(outcome.error === undefined ? {} : { error: outcome.error }),
  };
  if (outcome.status === "error") {
    const summary = outcome.error?.message ?? "the run failed";
    throw new GatewayError("UNAVAILABLE", summary, { payload: { runId, status: "error", summary } });
  }
  const payloads = outcome.text === "" ? [] : [{ text: outcome.text, mediaUrl: null }];
  const summary = outcome.status === "aborted" ? "aborted" : "completed";
  return { runId, status: "ok", summary, result: { payloads, meta } };
}
