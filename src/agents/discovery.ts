import { localServers } from "./provider-defaults.ts";

/** A program that serves models on this computer and was not asked to. */
export interface FoundServer {
  /** A provider's id: `ollama`, `lmstudio`, `llamacpp`, `vllm`. */
  id: string;
  name: string;
  baseUrl: string;
  /** The models that can hold a conversation, as the server names them. */
  models: string[];
}

/** Where a program of this name listens unless told otherwise. */
export interface Place {
  id: string;
  name: string;
  port: number;
}

export interface DiscoveryOptions {
  /** False looks nowhere. */
  enabled: boolean;
  places?: readonly Place[];
  /** Ports on which there is ourselves. */
  ownPort?: () => number;
  now: () => number;
}

/** Looks for model servers on this computer when somebody asks, never by itself. */
export interface Discovery {
  readonly enabled: boolean;
  /** What was found, up to some seconds ago unless `fresh`. */
  look(fresh?: boolean): Promise<FoundServer[]>;
}

const patienceMs = 150;
const keptMs = 5_000;
const mostBytes = 512 * 1024;
const mostModels = 100;
/** Models that answer with numbers, sounds or pictures. */
const mute = /embed|rerank|whisper|\btts\b|bge-|minilm|stable-diffusion/i;

export function createDiscovery({
  enabled,
  places = localServers,
  ownPort = () => 0,
  now,
}: DiscoveryOptions): Discovery {
  let last: { at: number; found: Promise<FoundServer[]> } | null = null;

  async function lookAround(): Promise<FoundServer[]> {
    const others = places.filter(({ port }) => port !== ownPort());
    const found = await Promise.all(others.map(knock));
    return found.filter((server) => server !== null);
  }

  return {
    enabled,
    look(fresh = false) {
      if (!enabled) return Promise.resolve([]);
      if (last === null || fresh || Math.abs(now() - last.at) >= keptMs)
        last = { at: now(), found: lookAround() };
      return last.found;
    },
  };
}

async function knock({ id, name, port }: Place): Promise<FoundServer | null> {
  const baseUrl = `http://127.0.0.1:${port}/v1`;
  const models = await listModels(baseUrl, null, patienceMs).catch(() => null);
  return models === null ? null : { id, name, baseUrl, models };
}

/** The ids that a server lists at `GET …/models`; rejects where it does not answer with such a list. */
export async function listModels(
  baseUrl: string,
  apiKey: string | null,
  patience: number,
): Promise<string[]> {
  const response = await fetch(`${baseUrl}/models`, {
    headers: apiKey === null ? {} : { authorization: `Bearer ${apiKey}` },
    // Whatever listens there is a stranger, and is not followed elsewhere.
    redirect: "error",
    signal: AbortSignal.timeout(patience),
  });
  if (!response.ok) throw new Error(`status ${response.status}`);
  const text = await bounded(response);
  const { data } = JSON.parse(text) as { data?: unknown };
  if (!Array.isArray(data)) throw new Error("no list of models");
  const ids = data.flatMap((each: unknown) =>
    typeof each === "object" && each !== null && "id" in each && typeof each.id === "string" ? [each.id] : [],
  );
  return ids.filter((id) => id !== "" && id.length <= 200 && !mute.test(id)).slice(0, mostModels);
}

async function bounded(response: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body ?? []) {
    size += chunk.length;
    if (size > mostBytes) throw new Error("the list is too long");
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}
