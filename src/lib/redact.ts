/** What stands in the place of a secret. */
export const redactedMarker = "[redacted]";

const secretEnding =
  /(token|password|passwd|passphrase|pwd|secret|apikey|privatekey|accesskey|signingkey|encryptionkey|authorization|cookie|credential|bearer)s?$/;

/** Whether a key names a secret: `botToken`, `api_key`, `X-Api-Key`, `OPENAI_API_KEY`, but not `maxTokens`. */
export function isSecretKey(key: string): boolean {
  const plain = key.toLowerCase().replace(/[_\-.\s]/g, "");
  return secretEnding.test(plain) && !/^(max|min|input|output|total|context|cached?)\w*tokens$/.test(plain);
}

/** Whether a value under this key is a secret; a number of tokens is none. */
export function isSecret(key: string, value: unknown): boolean {
  if (value === null || value === undefined || typeof value === "boolean") return false;
  return isSecretKey(key) && !(typeof value === "number" && /tokens$/i.test(key));
}

const userInfo = /([a-z][a-z0-9+.-]*:\/\/)[^/?#\s"'@]+@/gi;
const secretQuery = /([?&](?:[\w-]*(?:token|password|secret|key|auth|signature|sig))=)[^&#\s"']+/gi;
const bearer = /\b(bearer|basic)\s+[A-Za-z0-9._~+/=-]{8,}/gi;
/** Forms by which well-known platforms' secrets are known wherever they stand. */
const knownForms =
  /(?<!\d)\d{6,12}:[A-Za-z0-9_-]{30,}|\b(?:sk-[A-Za-z0-9_-]{16,}|xox[abeoprs]-[A-Za-z0-9-]{10,}|xapp-[A-Za-z0-9-]{10,}|gh[opsur]_[A-Za-z0-9]{20,}|AIza[A-Za-z0-9_-]{30,})/g;

/** Text without credentials in URLs, bearer headers and secrets of a well-known form. */
export function redactForms(text: string): string {
  return text
    .replace(userInfo, `$1${redactedMarker}@`)
    .replace(secretQuery, `$1${redactedMarker}`)
    .replace(bearer, `$1 ${redactedMarker}`)
    .replace(knownForms, redactedMarker);
}

/** Text without any of these values; the longer ones should come first. */
export function redactValues(text: string, secrets: Iterable<string>): string {
  let clean = text;
  for (const secret of secrets) {
    if (clean.includes(secret)) clean = clean.replaceAll(secret, redactedMarker);
  }
  return clean;
}
