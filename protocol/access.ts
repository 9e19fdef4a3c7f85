/** What an operator may be granted. Nothing is granted that was not asked for. */
export const scopes = [
  "operator.read",
  "operator.write",
  "operator.admin",
  "operator.approvals",
  "operator.pairing",
] as const;
export type Scope = (typeof scopes)[number];

export function isScope(word: string): word is Scope {
  return (scopes as readonly string[]).includes(word);
}

/** Who may call a method: anybody after hello-ok, an operator with this scope, or a node. */
export type Access = "connected" | "node" | Scope;

/** Who hears an event: everybody after hello-ok, operators with this scope, or the one it is addressed to. */
export type Audience = "everyone" | "addressee" | Scope;

export type Role = "operator" | "node";

/** Whether a caller who holds `held` satisfies `wanted`: admin covers all, write covers read. */
export function covers(held: ReadonlySet<string>, wanted: Scope): boolean {
  if (held.has(wanted) || held.has("operator.admin")) return true;
  return wanted === "operator.read" && held.has("operator.write");
}
