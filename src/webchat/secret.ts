import { recallHere, rememberHere } from "./storage.ts";

const STORED = "moltbot.secret";

/** The gateway's secret for as long as this tab lives; storage is per origin, so no other gateway sees it. */
export interface SecretKeeper {
  get(): string | null;
  /** A person has typed it. */
  set(secret: string): void;
  /** The gateway gave it, in exchange for the one that it was sent. */
  exchange(secret: string): void;
  /** It is of no use any more; says whether a person had typed it. */
  forget(): boolean;
}

/** Takes a secret out of the address's fragment (`#t=…`), once, and removes it from the address bar. */
export function createSecretKeeper(location: Location, history: History): SecretKeeper {
  const fragment = new URLSearchParams(location.hash.slice(1));
  const given = fragment.get("t");
  if (given !== null) {
    fragment.delete("t");
    const rest = fragment.size === 0 ? "" : `#${fragment}`;
    history.replaceState(history.state, "", location.pathname + location.search + rest);
    if (given !== "") rememberHere(STORED, given);
  }
  // Kept in memory as well, for a browser that refuses storage.
  let secret = given || recallHere(STORED);
  let isTyped = false;
  function keep(next: string) {
    secret = next;
    rememberHere(STORED, next);
  }
  return {
    get: () => secret,
    set(next) {
      isTyped = true;
      keep(next);
    },
    exchange: keep,
    forget() {
      secret = null;
      rememberHere(STORED, "");
      return isTyped;
    },
  };
}
