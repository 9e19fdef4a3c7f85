import type { EndpointMode, EndpointOptions, EndpointRequest } from "./model-endpoint.ts";
import type { FailureKind } from "./model-wire.ts";

type Failure = { status: number; kind: FailureKind; message: (request: EndpointRequest) => string };

const failures: Partial<Record<EndpointMode, Failure>> = {
  unauthorized: {
    status: 401,
    kind: "authentication",
    // Real servers repeat the key they were given, too.
    message: ({ headers }) =>
      `Incorrect API key provided: ${headers["x-api-key"] ?? headers.authorization?.slice(7) ?? "none"}.`,
  },
  "rate-limited": { status: 429, kind: "rate-limit", message: () => "Rate limit reached, slow down." },
  "no-credit": {
    status: 429,
    kind: "quota",
    message: () => "You exceeded your current quota, check your billing.",
  },
  "not-found": {
    status: 404,
    kind: "not-found",
    message: ({ model }) => `The model \`${model}\` does not exist.`,
  },
  "too-long": {
    status: 400,
    kind: "too-long",
    message: ({ api }) =>
      api === "anthropic"
        ? "prompt is too long: 210000 tokens > 200000 maximum"
        : "This model's maximum context length is 8192 tokens. Please reduce the length of the messages.",
  },
  broken: {
    status: 500,
    kind: "server",
    message: () => "The server had an error while processing your request.",
  },
  "bad-request": { status: 400, kind: "bad-request", message: () => "Unsupported value: temperature." },
};

/** What the endpoint refuses a request with; undefined where it answers. */
export function failureFor(
  how: EndpointMode,
  request: EndpointRequest,
  { contextChars = Number.POSITIVE_INFINITY, refuses = [], wantsThoughts = false }: EndpointOptions,
): Failure | undefined {
  const size = request.system.length + request.messages.reduce((sum, { content }) => sum + content.length, 0);
  if (size > contextChars) return failures["too-long"];
  const unknown = refuses.find((key) => key in request.body);
  if (unknown !== undefined)
    return refusal(`Unsupported parameter: '${unknown}' is not supported with this model.`);
  if (wantsThoughts && thoughtless(request.body.messages)) {
    return refusal("The reasoning_content in the thinking mode must be passed back to the API.");
  }
  if (request.api === "responses" && limitOf(request.body) < 16) {
    return refusal("Invalid 'max_output_tokens': integer below minimum value. Expected a value >= 16.");
  }
  return failures[how];
}

/** Whether a message with calls came back with neither thoughts nor a signature. */
function thoughtless(messages: unknown): boolean {
  if (!Array.isArray(messages)) return false;
  return messages.some(
    ({ tool_calls: calls = [], reasoning_content: thoughts }: Told) =>
      calls.length > 0 && thoughts === undefined && calls.some((call) => call.extra_content === undefined),
  );
}

interface Told {
  tool_calls?: { extra_content?: unknown }[];
  reasoning_content?: unknown;
}

function refusal(message: string): Failure {
  return { status: 400, kind: "bad-request", message: () => message };
}

/** How many words an answer may have, by whichever name the request says it. */
export function limitOf({
  max_tokens,
  max_completion_tokens,
  max_output_tokens,
}: Record<string, unknown>): number {
  const limit = max_completion_tokens ?? max_tokens ?? max_output_tokens;
  return typeof limit === "number" ? limit : Number.POSITIVE_INFINITY;
}
