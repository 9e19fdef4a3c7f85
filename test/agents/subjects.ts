import { type Ask, createAsking } from "#src/agents/asking.ts";
import { createCatalog } from "#src/agents/catalog.ts";
import type { CommandHost } from "#src/agents/commands.ts";
import { createConcierge } from "#src/agents/concierge.ts";
import type { ModelsConfig } from "#src/agents/model-choice.ts";
import { createModelRuntime } from "#src/agents/model-runtime.ts";
import type { SpokenApi } from "#src/agents/provider-defaults.ts";
import type { AgentRuntime, RunEvent, RunRequest } from "#src/agents/runtime.ts";

export const secret = "sk-test-0123456789abcdef";

/** A config with one provider at the endpoint, in any wire format. */
export function configFor(
  api: SpokenApi,
  { url, baseUrl }: { url: string; baseUrl: string },
  model: Record<string, unknown> = {},
): ModelsConfig {
  const address = api === "anthropic-messages" ? url : baseUrl;
  const models = [{ id: "fake-model", reasoning: true, ...model }];
  return { models: { providers: { fake: { baseUrl: address, apiKey: secret, api, models } } } };
}

/** The way to models whose keys stand in the config. */
export function asking(silenceMs?: number): Ask {
  const readSecret = () => Promise.resolve(null);
  return createAsking({ readSecret, ...(silenceMs === undefined ? {} : { silenceMs }) });
}

export function modelRuntime(config: ModelsConfig, silenceMs?: number): AgentRuntime {
  const catalog = createCatalog(config, {});
  return createModelRuntime({ models: () => catalog, ask: asking(silenceMs) });
}

/** A house for commands that remembers what was asked of it. */
export function fakeHost(changes: Partial<CommandHost> = {}): CommandHost & { done: string[] } {
  const done: string[] = [];
  return {
    done,
    version: "1.2.3",
    uptimeMs: () => 7_440_000,
    modelInUse: () => null,
    models: () => [],
    resolveModel: () => null,
    problems: () => [],
    setModel: (key, ref) => void done.push(`model ${key} ${ref}`),
    newSession: (key) => void done.push(`new ${key}`),
    stop: (key) => {
      done.push(`stop ${key}`);
      return 0;
    },
    sessions: () => [],
    activation: () => null,
    setActivation: (key, activation) => void done.push(`activation ${key} ${activation}`),
    whoami: () => ({ sender: "alice", channel: "webchat" }),
    decideSender: (verdict, code) => {
      done.push(`${verdict} ${code}`);
      return Promise.resolve(null);
    },
    ...changes,
  };
}

export function concierge(changes: Partial<CommandHost> = {}): AgentRuntime {
  return createConcierge({ host: fakeHost(changes) });
}

export function request(changes: Partial<RunRequest> = {}): RunRequest {
  return {
    runId: "run-1",
    sessionKey: "agent:main:main",
    sessionId: "session-1",
    agentId: "main",
    history: [],
    input: [{ type: "text", text: "one two three four" }],
    system: "You are a test.",
    language: "en",
    owner: true,
    limits: { maxSteps: 1, timeoutMs: 20_000 },
    ...changes,
  };
}

export async function collect(events: AsyncIterable<RunEvent>): Promise<RunEvent[]> {
  const all: RunEvent[] = [];
  for await (const event of events) all.push(event);
  return all;
}

export function textOf(events: readonly RunEvent[]): string {
  return events.flatMap((event) => (event.t === "text" ? [event.delta] : [])).join("");
}

/** The end, having checked that there is one, and that it comes last. */
export function endOf(events: readonly RunEvent[]): Extract<RunEvent, { t: "end" }> {
  const ends = events.filter((event) => event.t === "end");
  const last = events.at(-1);
  if (ends.length !== 1 || last?.t !== "end")
    throw new Error(`expected one end, last: ${JSON.stringify(events)}`);
  return last;
}

/** The plain error that the run ended with. */
export function errorOf(events: readonly RunEvent[]) {
  const end = endOf(events);
  if (end.reason !== "error") throw new Error(`expected an error, got: ${JSON.stringify(end)}`);
  return end.error;
}
