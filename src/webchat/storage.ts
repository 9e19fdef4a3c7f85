// A browser may refuse storage altogether; the page works without it and only forgets.

/** What was remembered across visits, or null. */
export function recall(key: string): string | null {
  try {
    return localStorage.getItem(key);
  } catch {
    return null;
  }
}

/** Keeps a value across visits; an empty one is forgotten. */
export function remember(key: string, value: string): void {
  try {
    if (value === "") localStorage.removeItem(key);
    else localStorage.setItem(key, value);
  } catch {}
}

/** What was remembered in this tab, or null. */
export function recallHere(key: string): string | null {
  try {
    return sessionStorage.getItem(key);
  } catch {
    return null;
  }
}

/** Keeps a value in this tab only; an empty one is forgotten. False: the browser does not keep it. */
export function rememberHere(key: string, value: string): boolean {
  try {
    if (value === "") sessionStorage.removeItem(key);
    else sessionStorage.setItem(key, value);
    return true;
  } catch {
    return false;
  }
}
