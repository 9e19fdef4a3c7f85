import { covers, isScope, type Role, type Scope } from "#protocol/access.ts";
import { GatewayError } from "#src/lib/errors.ts";

/** Who asks for a change of a device. */
export interface Actor {
  readonly deviceId: string | null;
  readonly scopes: ReadonlySet<Scope>;
}

/** What is handed out or changed. */
export interface Rights {
  role: Role;
  scopes: readonly string[];
}

/** A node's events start runs in the owner's name. */
const nodeNeeds: readonly Scope[] = ["operator.write"];

/** The first scope that somebody lacks who hands these rights out; null where they hold them all. */
export function lacking(held: ReadonlySet<Scope>, { role, scopes }: Rights): string | null {
  const needed: readonly string[] = role === "node" ? [...nodeNeeds, ...scopes] : scopes;
  return needed.find((scope) => !holds(held, scope)) ?? null;
}

/** Throws unless the actor holds all of this. */
export function mustHold(actor: Actor, rights: Rights, deed: string): void {
  const missing = lacking(actor.scopes, rights);
  if (missing === null) return;
  throw new GatewayError("FORBIDDEN", `missing scope: ${missing}; nobody can ${deed} more than they hold`, {
    details: { code: "MISSING_SCOPE", missingScope: missing, requiredScopes: [missing] },
  });
}

/** Throws where a device would approve itself. */
export function mustBeAnother(actor: Actor, deviceId: string): void {
  if (actor.deviceId !== deviceId) return;
  throw new GatewayError(
    "FORBIDDEN",
    {
      en: "a device cannot approve itself; approve it from another one, or on the gateway's host: moltbot devices approve",
      zh: "设备不能批准自己；请在另一台设备上批准，或在网关本机运行：moltbot devices approve",
    },
    { details: { code: "SELF_APPROVAL" } },
  );
}

function holds(held: ReadonlySet<Scope>, scope: string): boolean {
  // A word that is no scope is held by nobody, so admins cannot write one into a grant either.
  return isScope(scope) && covers(held, scope);
}
