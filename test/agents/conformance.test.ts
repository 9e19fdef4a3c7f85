import { describe, expect, test } from "bun:test";
import type { AgentRuntime, PlainError, RunEvent } from "#src/agents/runtime.ts";
import { type EndpointMode, type ModelEndpoint, startModelEndpoint } from "../fakes/model-endpoint.ts";
import {
  collect,
  concierge,
  configFor,
  endOf,
  errorOf,
  modelRuntime,
  request,
  secret,
  textOf,
} from "./subjects.ts";

interface Subject {
  name: string;
  open: (endpoint: ModelEndpoint) => AgentRuntime;
  asksServer: boolean;
}

const subjects: Subject[] = [
  {
    name: "model, OpenAI-compatible",
    open: (endpoint) => modelRuntime(configFor("openai-completions", endpoint)),
    asksServer: true,
  },
  {
    name: "model, OpenAI responses",
    open: (endpoint) => modelRuntime(configFor("openai-responses", endpoint)),
    asksServer: true,
  },
  {
    name: "model, Anthropic",
    open: (endpoint) => modelRuntime(configFor("anthropic-messages", endpoint)),
    asksServer: true,
  },
  { name: "concierge", open: () => concierge(), asksServer: false },
];

/** Collects events and lets a test wait until it has seen what it waits for. */
function watch(runtime: AgentRuntime, signal: AbortSignal) {
  const seen: RunEvent[] = [];
  const waiting: { until: (events: RunEvent[]) => boolean; resolve: () => void }[] = [];
  const all = (async () => {
    for await (const event of runtime.run(request(), signal)) {
      seen.push(event);
      for (const each of waiting) if (each.until(seen)) each.resolve();
    }
    return seen;
  })();
  const until = (condition: (events: RunEvent[]) => boolean): Promise<void> =>
    new Promise((resolve) => {
      if (condition(seen)) resolve();
      else waiting.push({ until: condition, resolve });
    });
  return { all, until };
}

const never = new AbortController().signal;

for (const { name, open, asksServer } of subjects) {
  describe(name, () => {
    test("says something in pieces whose order is the text, and ends once with stop", async () => {
      const reply = () => "alpha beta gamma delta 你好世界";
      await using endpoint = await startModelEndpoint({ reply, mode: "paced" });
      // What comes together may be one piece, so the next word comes when the last has been heard.
      endpoint.release(1);
      const events: RunEvent[] = [];
      for await (const event of open(endpoint).run(request(), never)) {
        events.push(event);
        if (event.t === "text") endpoint.release(1);
      }
      expect(endOf(events)).toEqual({ t: "end", reason: "stop" });
      if (asksServer) {
        expect(textOf(events)).toBe("alpha beta gamma delta 你好世界");
        expect(events.filter(({ t }) => t === "text").length).toBeGreaterThan(3);
      } else expect(textOf(events)).toContain("built-in helper");
    });

    test("describes itself by provider and model", async () => {
      await using endpoint = await startModelEndpoint();
      const described = open(endpoint).describe(request());
      expect(described).toEqual(
        asksServer ? { provider: "fake", model: "fake-model" } : { provider: "moltbot", model: "concierge" },
      );
    });

    test("an abort before the run starts ends it at once, and no server is asked", async () => {
      await using endpoint = await startModelEndpoint();
      const events = await collect(open(endpoint).run(request(), AbortSignal.abort("rpc")));
      expect(endOf(events)).toEqual({ t: "end", reason: "aborted" });
      expect(textOf(events)).toBe("");
      expect(endpoint.requests).toEqual([]);
    });

    test("a reader that walks away ends the run", async () => {
      await using endpoint = await startModelEndpoint({ mode: "paced", reply: () => "a b c d e f" });
      endpoint.release(1);
      for await (const event of open(endpoint).run(request(), never)) if (event.t === "text") break;
      if (asksServer) expect((await endpoint.waitForAbort()).done).toBe(false);
      else expect(endpoint.requests).toEqual([]);
    });

    if (!asksServer) return;

    test("an abort before the first byte reaches the server within a second", async () => {
      await using endpoint = await startModelEndpoint({ mode: "slow" });
      const controller = new AbortController();
      const { all } = watch(open(endpoint), controller.signal);
      await endpoint.waitForRequest();
      const abortedAt = performance.now();
      controller.abort("rpc");
      expect(endOf(await all)).toEqual({ t: "end", reason: "aborted" });
      expect(performance.now() - abortedAt).toBeLessThan(1_000);
      expect((await endpoint.waitForAbort()).done).toBe(false);
    });

    test("an abort in the middle keeps the text so far and reaches the server", async () => {
      await using endpoint = await startModelEndpoint({ mode: "paced", reply: () => "a b c d e f" });
      const controller = new AbortController();
      const { all, until } = watch(open(endpoint), controller.signal);
      endpoint.release(2);
      await until((events) => textOf(events) === "a b");
      const abortedAt = performance.now();
      controller.abort("rpc");
      const events = await all;
      expect(performance.now() - abortedAt).toBeLessThan(1_000);
      expect(endOf(events)).toEqual({ t: "end", reason: "aborted" });
      expect(textOf(events)).toBe("a b");
      expect((await endpoint.waitForAbort()).done).toBe(false);
    });

    test("the server's count of tokens comes once, before the end", async () => {
      await using endpoint = await startModelEndpoint({ reply: () => "a b c" });
      const events = await collect(open(endpoint).run(request(), never));
      const usage = events.filter(({ t }) => t === "usage");
      expect(usage).toEqual([expect.objectContaining({ output: 3, cacheRead: 2 })]);
      expect(events.at(-2)?.t).toBe("usage");
    });

    test("what the model thinks is not part of its text", async () => {
      await using endpoint = await startModelEndpoint({ reasoning: "hmm let me see", reply: () => "yes" });
      const events = await collect(open(endpoint).run(request({ thinking: "high" }), never));
      const thoughts = events.flatMap((event) => (event.t === "reasoning" ? [event.delta] : []));
      expect(thoughts.join("")).toBe("hmm let me see");
      expect(textOf(events)).toBe("yes");
      expect(events.findIndex(({ t }) => t === "reasoning")).toBeLessThan(
        events.findIndex(({ t }) => t === "text"),
      );
    });

    test("an answer that ends at the output limit says so", async () => {
      await using endpoint = await startModelEndpoint({ mode: "length", reply: () => "a b c" });
      const events = await collect(open(endpoint).run(request(), never));
      expect(endOf(events)).toEqual({ t: "end", reason: "length" });
      expect(textOf(events)).toBe("a b c");
    });

    const failures: { mode: EndpointMode; kind: PlainError["kind"]; says: RegExp; text?: string }[] = [
      { mode: "unauthorized", kind: "auth", says: /models\.providers\.fake\.apiKey/ },
      { mode: "rate-limited", kind: "rate_limit", says: /in 7 seconds/ },
      { mode: "no-credit", kind: "rate_limit", says: /no credit/ },
      { mode: "not-found", kind: "not_found", says: /fake\/fake-model/ },
      { mode: "too-long", kind: "context_length", says: /\/new/ },
      { mode: "broken", kind: "unreachable", says: /having trouble \(500\)/ },
      { mode: "bad-request", kind: "unknown", says: /400, it says: Unsupported value: temperature/ },
      { mode: "empty", kind: "bad_answer", says: /answered with nothing/ },
      { mode: "filtered", kind: "refusal", says: /declined/ },
      { mode: "not-sse", kind: "bad_answer", says: /cannot be read/ },
      { mode: "malformed", kind: "bad_answer", says: /cannot be read/, text: "a b" },
      { mode: "trouble", kind: "unreachable", says: /having trouble/, text: "a b" },
      { mode: "cut", kind: "unreachable", says: /broke in the middle/, text: "a b" },
      { mode: "cut-clean", kind: "unreachable", says: /broke in the middle/, text: "a b" },
    ];
    for (const { mode, kind, says, text = "" } of failures) {
      test(`${mode}: one plain sentence in both languages, without the key, and one request`, async () => {
        await using endpoint = await startModelEndpoint({ mode, reply: () => "a b c d" });
        const events = await collect(open(endpoint).run(request(), never));
        const error = errorOf(events);
        expect(error.sentence.en).toMatch(says);
        expect(error.kind).toBe(kind);
        expect(error.sentence.zh).toMatch(/[\u4e00-\u9fff]/);
        expect(JSON.stringify(error)).not.toContain(secret);
        expect(JSON.stringify(error)).not.toMatch(/\n|node_modules|\.ts:\d/);
        expect(textOf(events)).toBe(text);
        expect(endpoint.requests.length).toBe(1);
      });
    }

    test("429 passes on when to try again", async () => {
      await using endpoint = await startModelEndpoint({ mode: "rate-limited", retryAfterSeconds: 90 });
      const { retryAfterMs } = errorOf(await collect(open(endpoint).run(request(), never)));
      expect(retryAfterMs).toBe(90_000);
    });

    test("a server that isn't running is named with its address", async () => {
      const endpoint = await startModelEndpoint();
      const runtime = open(endpoint);
      await endpoint.close();
      const { kind, sentence } = errorOf(await collect(runtime.run(request(), never)));
      expect(kind).toBe("unreachable");
      expect(sentence.en).toContain(`No model server answers at ${endpoint.url}`);
    });

    test("a run that takes too long ends with a timeout, and the server is told", async () => {
      await using endpoint = await startModelEndpoint({ mode: "slow" });
      const hurried = request({ limits: { maxSteps: 1, timeoutMs: 50 } });
      const { kind } = errorOf(await collect(open(endpoint).run(hurried, never)));
      expect(kind).toBe("timeout");
      expect((await endpoint.waitForAbort()).done).toBe(false);
    });
  });
}
