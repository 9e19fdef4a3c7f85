/** Takes out of a text what nobody but its owner should read, and counts it. */
import { redactedMarker, redactForms, redactValues } from "#src/lib/redact.ts";

export interface ScrubOptions {
  /** Texts that must not appear. */
  secrets: Iterable<string>;
  home: string;
  user: string;
}

export interface Scrubbed {
  text: string;
  /** How much was taken out, by kind. */
  taken: Record<string, number>;
}

const shortest = 4;
const email = /[\w.+-]+@[\w-]+(?:\.[\w-]+)+/g;
/** As platforms write numbers and chats: with a plus, or as long bare digits before a WhatsApp domain. */
const phone = /\+\d[\d ()-]{6,17}\d|\b\d{7,15}(?=@(?:s\.whatsapp\.net|g\.us|lid|c\.us))/g;

export function createScrubber({ secrets, home, user }: ScrubOptions): (text: string) => Scrubbed {
  const known = [...new Set(secrets)]
    .filter(({ length }) => length >= shortest)
    .flatMap((secret) => [
      secret,
      encodeURIComponent(secret),
      JSON.stringify(secret).slice(1, -1),
      Buffer.from(secret).toString("base64"),
      Buffer.from(secret).toString("base64url"),
    ]);
  const longestFirst = [...new Set(known)].sort((one, other) => other.length - one.length);

  return (given) => {
    const taken: Record<string, number> = {};
    const swap = (text: string, pattern: RegExp, kind: string, by: string) =>
      text.replace(pattern, () => {
        taken[kind] = (taken[kind] ?? 0) + 1;
        return by;
      });
    const already = count(given, redactedMarker);
    let text = redactForms(redactValues(given, longestFirst));
    const secretsTaken = count(text, redactedMarker) - already;
    if (secretsTaken > 0) taken.secrets = secretsTaken;
    text = swap(text, phone, "phone numbers", "[phone]");
    text = swap(text, email, "mail addresses", "[mail]");
    if (home.length > 1) text = swap(text, literal(home), "home directories", "~");
    if (user.length >= 3)
      text = swap(text, new RegExp(`\\b${escaped(user)}\\b`, "g"), "user names", "[user]");
    return { text, taken };
  };
}

function count(text: string, part: string): number {
  return text.split(part).length - 1;
}

function literal(text: string): RegExp {
  return new RegExp(escaped(text), "g");
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}
