import type { Caller } from "#src/methods/handler.ts";
import type { Dispatch } from "../dispatch.ts";
import { ownNames } from "./address.ts";
import { call } from "./call.ts";
import type { Failure } from "./failure.ts";
import { type FindModel, unknownModel } from "./order.ts";

export interface ModelListOptions {
  dispatch: Dispatch;
  findModel: FindModel;
  /** What stands for the time when a model was made, in seconds. */
  openedAt: number;
}

/** Lists what a request's `model` may be, or describes one of it. */
export type ModelList = (
  wanted: string | null,
  caller: Caller,
) => Promise<{ answer: object } | { failed: Failure }>;

export function createModelList({ dispatch, findModel, openedAt }: ModelListOptions): ModelList {
  const [own] = ownNames;
  const entry = (id: string, owner: string) => ({ id, object: "model", created: openedAt, owned_by: owner });

  return async function models(wanted, caller) {
    const agents = await call(dispatch, "agents.list", {}, caller);
    if ("failed" in agents) return agents;
    const backends = await call(dispatch, "models.list", {}, caller);
    if ("failed" in backends) return backends;
    const data = [
      entry(own, own),
      ...agents.result.agents.map(({ id }) => entry(`${own}/${id}`, own)),
      ...backends.result.models.map(({ id, provider }) => entry(`${provider}/${id}`, provider)),
    ];
    if (wanted === null) return { answer: { object: "list", data } };
    const listed = data.find(({ id }) => id === wanted);
    if (listed !== undefined) return { answer: listed };
    // Other names are good, too: an alias, or a model of a known provider that no list has.
    const ref = findModel(wanted);
    if (ref === null) return { failed: unknownModel(wanted).failure };
    return { answer: entry(wanted, ref.slice(0, ref.indexOf("/"))) };
  };
}
