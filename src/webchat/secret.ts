import { recallHere, rememberHere } from "./storage.ts";

const STORED = "moltbot.secret";

/** The gateway's secret for as long as this tab lives; storage is per origin, so no other gateway sees it. */
export interface SecretKeeper {
  get(): string | null;
  set(secret: string): void;
  forget(): void;
}

/** Takes a secret out of the address's fragment (`#t=…`), once, and removes it from the address bar. */
export function createSecretKeeper(location: Location, history: History): SecretKeeper {
  const fragment = new URLSearchParams(location.hash.slice(1));
  const given = fragment.get("t");
  if (given !== null) {
    history.replaceState(history.state, "", location.pathname + location.search);
    if (given !== "") rememberHere(STORED, given);
  }
  // Kept in memory as well, for a browser that refuses storage.
  let secret = given || recallHere(STORED);
  return {
    get: () => secret,
    set(next) {
      secret = next;
      rememberHere(STORED, next);
    },
    forget() {
      secret = null;
      rememberHere(STORED, "");
    },
  };
}
