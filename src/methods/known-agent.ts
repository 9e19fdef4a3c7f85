import type { AgentDirectory } from "#src/agents/directory.ts";
import { GatewayError } from "#src/lib/errors.ts";

/** Refuses an agent that is not there: whoever answered in its place would be another. */
export function insistOnAgent(id: string, agents: AgentDirectory, asking = ""): void {
  if (agents.find(id) !== null) return;
  const message = `${asking}unknown agent id "${id}"; agents.list names those that are there`;
  throw new GatewayError("INVALID_REQUEST", message);
}
