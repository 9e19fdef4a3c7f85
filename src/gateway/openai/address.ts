import { createHash } from "node:crypto";
import type { Params } from "#protocol";
import { agentIdOf } from "#src/sessions/key.ts";

/** Names under which the gateway is asked for as if it were a model. */
export const ownNames = ["moltbot", "openclaw", "clawdbot"] as const;

/** Longer words of a caller are not spelt out in a key. */
const maxSpelt = 200;

export interface Wanted {
  model: string;
  /** The caller's own word for whose conversation it is. */
  user: string | null;
  /** `openai` or `openresponses`, as keys have named these sessions before. */
  family: "openai" | "openresponses";
  /** Where nothing else names the session. */
  fresh: string;
}

/** Which agent is asked and in which session: the headers first, then the model's name and the user. */
export function addressOf(
  headers: Headers,
  { model, user, family, fresh }: Wanted,
): Pick<Params<"agent">, "agentId"> & { sessionKey: string } {
  const agentId = header(headers, "agent-id") ?? header(headers, "agent") ?? agentNamed(model);
  const who = agentId === null ? {} : { agentId };
  const asked = header(headers, "session-key");
  if (asked !== null) return { ...who, sessionKey: ofAgent(asked, agentId) };
  const rest = user === null ? `${family}:${fresh}` : `${family}-user:${spelt(user)}`;
  return { ...who, sessionKey: ofAgent(rest, agentId) };
}

/** Whether a model's name asks for an agent, whatever model that uses; any other name is a model's own. */
export function asksForAgent(model: string): boolean {
  const name = model.trim().toLowerCase();
  return ownNames.some((own) => own === name) || inAgentForm(model) !== null;
}

/** `moltbot/main`, `moltbot:main` and `agent:main` name an agent; `moltbot/default` is the default one. */
function agentNamed(model: string): string | null {
  const agent = inAgentForm(model);
  return agent?.toLowerCase() === "default" ? null : agent;
}

function inAgentForm(model: string): string | null {
  const [, name, separator, agent] = /^([a-z]+)([:/])(.+)$/i.exec(model.trim()) ?? [];
  if (name === undefined || agent === undefined) return null;
  const known = name.toLowerCase();
  if (known === "agent") return separator === ":" ? agent : null;
  return ownNames.some((own) => own === known) ? agent : null;
}

function header(headers: Headers, name: string): string | null {
  for (const own of ownNames) {
    const value = headers.get(`x-${own}-${name}`)?.trim();
    if (value !== undefined && value !== "") return value;
  }
  return null;
}

function ofAgent(key: string, agentId: string | null): string {
  const isWhole = /^agent:[^:]+:./i.test(key) || key === "global";
  return agentId === null || isWhole ? key : `agent:${agentIdOf(agentId)}:${key}`;
}

/** A name that a program chose, as part of a key. */
export function spelt(text: string): string {
  const name = text.trim();
  return name.length <= maxSpelt ? name : digest(name);
}

/** A stable name for a text of any length and spelling. */
export function digest(text: string): string {
  return createHash("sha256").update(text).digest("hex").slice(0, 32);
}
