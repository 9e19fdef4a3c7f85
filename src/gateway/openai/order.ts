import type { Params } from "#protocol";
import { uuid } from "#src/lib/ids.ts";
import type { Caller } from "#src/methods/handler.ts";
import type { Dispatch } from "../dispatch.ts";
import { addressOf, asksForAgent, digest, ownNames } from "./address.ts";
import { call } from "./call.ts";
import { chatReply } from "./chat-reply.ts";
import { chatRequestOf } from "./chat-request.ts";
import { BadRequest } from "./failure.ts";
import type { ProgramRequest } from "./program-request.ts";
import type { ModelName, Reply } from "./reply.ts";
import { responsesReply } from "./responses-reply.ts";
import { responsesRequestOf } from "./responses-request.ts";

/** What a request comes down to: an agent request, and how its answer is worded. */
export interface Order {
  params: Params<"agent"> & { sessionKey: string };
  isStream: boolean;
  reply: Reply;
  /** Where the answer ends before its end. */
  stops: readonly string[];
}

export type MakeOrder = (body: Record<string, unknown>, headers: Headers, caller: Caller) => Promise<Order>;

/** The model of that name, as `provider/model`; null where there is none. */
export type FindModel = (name: string) => string | null;

const maxKeyChars = 256;

/** Reads a chat completions request. */
export function chatOrders(findModel: FindModel, now: () => number): MakeOrder {
  return async (body, headers) => {
    const request = chatRequestOf(body);
    const chosen = chosenModel(request.model, findModel);
    const { runId, fresh } = runOf(headers);
    const { model, user, includeUsage } = request;
    const address = addressOf(headers, { model, user, family: "openai", fresh });
    return {
      params: paramsOf(request, address, runId, chosen),
      isStream: request.stream,
      reply: chatReply({
        id: `chatcmpl_${uuid()}`,
        createdAt: seconds(now()),
        model: nameOf(model, chosen),
        includeUsage,
      }),
      stops: request.stops,
    };
  };
}

/** Reads a responses request; `previous_response_id` names the session that it continues. */
export function responsesOrders(dispatch: Dispatch, findModel: FindModel, now: () => number): MakeOrder {
  return async (body, headers, caller) => {
    const request = responsesRequestOf(body);
    const chosen = chosenModel(request.model, findModel);
    const run = runOf(headers);
    const fresh = request.previous === null ? run.fresh : sessionIn(request.previous);
    const { model, user } = request;
    const address = addressOf(headers, { model, user, family: "openresponses", fresh });
    if (request.previous !== null) await insist(request.previous, address.sessionKey, caller);
    return {
      params: paramsOf(request, address, run.runId, chosen),
      isStream: request.stream,
      reply: responsesReply({
        id: `resp_${fresh}_${digest(run.runId).slice(0, 8)}`,
        messageId: `msg_${uuid()}`,
        createdAt: seconds(now()),
        model: nameOf(model, chosen),
        request,
      }),
      stops: [],
    };
  };

  async function insist(previous: string, key: string, caller: Caller): Promise<void> {
    const found = await call(dispatch, "sessions.describe", { key }, caller);
    if ("result" in found && found.result.session !== null) return;
    throw unknownResponse(previous);
  }
}

function paramsOf(
  { prompt, images, results, system, history, tools, wishes, format }: ProgramRequest,
  address: Pick<Order["params"], "agentId" | "sessionKey">,
  runId: string,
  model: string | null,
): Order["params"] {
  return {
    message: prompt,
    idempotencyKey: runId,
    deliver: false,
    ...address,
    ...(model === null ? {} : { model }),
    ...(images.length === 0 ? {} : { attachments: images.map((content) => ({ type: "image", content })) }),
    ...(system === "" ? {} : { extraSystemPrompt: system }),
    ...(history.length === 0 ? {} : { history }),
    ...(results.length === 0 ? {} : { toolResults: results }),
    ...(tools.tools.length === 0 ? {} : tools),
    ...(wishes.thinking === null ? {} : { thinking: wishes.thinking }),
    ...(Object.keys(wishes.sampling).length === 0 ? {} : { sampling: wishes.sampling }),
    ...(format === null ? {} : { answerFormat: format }),
  };
}

/** The model that is asked for by its own name; null where it is left to an agent. */
function chosenModel(name: string, findModel: FindModel): string | null {
  if (asksForAgent(name)) return null;
  const found = findModel(name);
  if (found === null) throw unknownModel(name);
  return found;
}

/** An agent keeps the name that it was asked for by; a model is named as the one that answers. */
function nameOf(asked: string, chosen: string | null): ModelName {
  return chosen === null ? () => asked : (ending) => ending?.answeredBy ?? chosen;
}

export function unknownModel(name: string): BadRequest {
  const [own] = ownNames;
  const message = `there is no model ${JSON.stringify(name.slice(0, 100))} here; ask for ${own}, for ${own}/<agent>, or for one that GET /v1/models lists`;
  return new BadRequest(message, { status: 404, param: "model", code: "model_not_found" });
}

/** The run's id, and the name of the session where nothing else names one: the same again for a repeat. */
function runOf(headers: Headers): { runId: string; fresh: string } {
  const key = headers.get("idempotency-key")?.trim() ?? "";
  if (key.length > maxKeyChars) {
    throw new BadRequest(`Idempotency-Key must have at most ${maxKeyChars} characters`);
  }
  return key === ""
    ? { runId: uuid(), fresh: uuid().replaceAll("-", "") }
    : { runId: key, fresh: digest(key) };
}

function sessionIn(responseId: string): string {
  const session = /^resp_([0-9a-f]{32})_[0-9a-f]{8}$/.exec(responseId)?.[1];
  if (session === undefined) throw unknownResponse(responseId);
  return session;
}

function unknownResponse(id: string): BadRequest {
  return new BadRequest(`there is no response ${JSON.stringify(id.slice(0, 100))} to continue`, {
    param: "previous_response_id",
    code: "previous_response_not_found",
  });
}

export function seconds(ms: number): number {
  return Math.floor(ms / 1000);
}
