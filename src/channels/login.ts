/** A way to log an account in. */
export interface LoginFlow {
  id: string;
  label: string;
}

/** What the person who logs in sees or is asked next; CLI, page and wire show each kind alike. */
export type LoginStep =
  | { show: "qr"; payload: string; expiresAt: number; text: string }
  | { show: "code"; code: string; expiresAt: number; text: string }
  /** The answer is what the generator's `next` is called with. */
  | { ask: string; label: string; secret: boolean; hint?: string }
  /** Something is wrong with the last answer; a question follows. */
  | { tell: string }
  | { wait: string };

/** How it ended: the settings to keep in the config for this account, and whom the platform takes it for. */
export interface LoginResult {
  settings: Record<string, unknown>;
  as: string;
  /** What the owner does next, in a sentence. */
  next?: string;
}
