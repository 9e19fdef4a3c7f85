import OpenAI from "openai";
import type { EndpointOptions } from "../fakes/model-endpoint.ts";
import { type ModelHouse, startModelHouse } from "./model-house.ts";
import type { HouseOptions } from "./start-house.ts";

export const endpointsOn = {
  controlUi: { enabled: false },
  http: { endpoints: { chatCompletions: { enabled: true }, responses: { enabled: true } } },
};

/** A gateway with its endpoints for programs switched on, answered by a fake model server. */
export function startOpenAiHouse(
  endpoint: EndpointOptions = {},
  options: HouseOptions & { gateway?: Record<string, unknown> } = {},
): Promise<ModelHouse> {
  const gateway = { ...endpointsOn, ...options.gateway };
  return startModelHouse(endpoint, { ...options, config: { gateway, ...options.config } });
}

/** The real SDK; it does not try again, so that a test sees the first answer. */
export function openAiOf({ house }: ModelHouse, apiKey = "any"): OpenAI {
  return new OpenAI({ baseURL: `${house.url}v1`, apiKey, maxRetries: 0, timeout: 15_000 });
}

export function post(
  { house }: ModelHouse,
  path: string,
  body: unknown,
  headers: Record<string, string> = {},
  more: RequestInit = {},
): Promise<Response> {
  return fetch(`${house.url}v1/${path}`, {
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    body: typeof body === "string" ? body : JSON.stringify(body),
    ...more,
  });
}

export const hello = { model: "moltbot", messages: [{ role: "user" as const, content: "hello" }] };
