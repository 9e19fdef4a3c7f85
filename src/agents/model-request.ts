import type { AnswerFormat, Sampling } from "#protocol/domains/agents.ts";
import type { CallThoughts } from "./call-thoughts.ts";
import { type EventReader, readEvents } from "./event-stream.ts";
import type { ModelMessage } from "./model-library.ts";
import type { ToolOffer } from "./runtime.ts";
import { withoutRefused } from "./sampling.ts";

/** A question in a wire format of OpenAI's. */
export interface ModelRequest {
  baseUrl: string;
  headers: Record<string, string>;
  /** Null where the server needs none. */
  apiKey: string | null;
  model: string;
  system: string;
  messages: readonly ModelMessage[];
  tools: ToolOffer | null;
  /** How hard it is to think; null leaves it to the server. */
  effort: string | null;
  sampling: Sampling;
  /** Null for text of any form. */
  format: AnswerFormat | null;
  thoughts: CallThoughts;
  signal: AbortSignal;
}

/** A server's refusal, before its answer began. */
class RefusedRequest extends Error {
  override readonly name = "RefusedRequest";
  readonly statusCode: number;
  readonly responseHeaders: Record<string, string>;
  readonly responseBody: string;

  constructor(message: string, response: Response, body: string) {
    super(message);
    this.statusCode = response.status;
    this.responseHeaders = Object.fromEntries(response.headers);
    this.responseBody = body;
  }
}

/** Resolves when the server has begun to answer; rejects with what it refused, or with why it wasn't reached. */
export async function postForEvents(
  path: string,
  request: ModelRequest,
  body: Record<string, unknown>,
): Promise<EventReader> {
  const { baseUrl, headers, apiKey, signal } = request;
  // A redirect is not followed, since the key would travel with it. Bun's own limit of five minutes without a byte
  // is lifted: a local model may read a long prompt for longer, and the run has its deadline.
  const init: BunFetchRequestInit & { timeout: false } = {
    method: "POST",
    headers: {
      "content-type": "application/json",
      ...(apiKey === null ? {} : { authorization: `Bearer ${apiKey}` }),
      ...headers,
    },
    body: JSON.stringify(body),
    redirect: "manual",
    timeout: false,
    signal,
  };
  const response = await fetch(`${baseUrl}/${path}`, init);
  if (response.ok) return readEvents(response);
  const said = await response.text().catch(() => "");
  const less = withoutRefused(body, { status: response.status, said });
  if (less !== null) return await postForEvents(path, request, less);
  throw new RefusedRequest(messageIn(said) ?? response.statusText, response, said);
}

function messageIn(body: string): string | null {
  try {
    const { error, message } = JSON.parse(body) as {
      error?: { message?: unknown } | string;
      message?: unknown;
    };
    const said = typeof error === "object" ? error?.message : (error ?? message);
    return typeof said === "string" && said !== "" ? said : null;
  } catch {
    return null;
  }
}
