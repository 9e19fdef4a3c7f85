import type { ChatEvent } from "#protocol/domains/chat.ts";
import type { GatewayClient } from "#src/client/client.ts";
import { type EndpointOptions, type ModelEndpoint, startModelEndpoint } from "../fakes/model-endpoint.ts";
import { type House, type HouseOptions, startHouse } from "./start-house.ts";

/** Config that makes `fake/m` on the endpoint the model of every agent. */
export function modelConfig(baseUrl: string): Record<string, unknown> {
  const provider = { baseUrl, apiKey: "k", api: "openai-completions", models: [{ id: "m", name: "M" }] };
  return { models: { providers: { fake: provider } }, agents: { defaults: { model: "fake/m" } } };
}

export interface ModelHouse extends AsyncDisposable {
  house: House;
  model: ModelEndpoint;
}

/** A gateway whose agent is answered by a fake model server. */
export async function startModelHouse(
  endpoint: EndpointOptions,
  options: HouseOptions = {},
): Promise<ModelHouse> {
  const model = await startModelEndpoint(endpoint);
  return await startHouseOf(model, {
    ...options,
    config: { ...modelConfig(model.baseUrl), ...options.config },
  });
}

/** A gateway that ends together with the model server that its config names. */
export async function startHouseOf(model: ModelEndpoint, options: HouseOptions): Promise<ModelHouse> {
  const house = await startHouse(options);
  return {
    house,
    model,
    async [Symbol.asyncDispose]() {
      await house[Symbol.asyncDispose]();
      await model.close();
    },
  };
}

/** The chat events of one run up to its end; listens from now on. */
export function chatOf(client: GatewayClient, runId: string): Promise<ChatEvent[]> {
  const events: ChatEvent[] = [];
  return new Promise((resolve) => {
    const stop = client.events("chat", (event) => {
      if (event.runId !== runId) return;
      events.push(event);
      if (event.state === "delta") return;
      stop();
      resolve(events);
    });
  });
}

export function textOfEvent(event: ChatEvent | undefined): string | undefined {
  const part = event?.message?.content.find((each) => each.type === "text");
  return part?.type === "text" ? part.text : undefined;
}
