import { version } from "../../package.json";
import { sessionIn } from "./address.ts";
import { askAhead } from "./ahead.ts";
import type { Introduced } from "./introduction.ts";
import { languageFor, languageTags, textsIn } from "./language-name.ts";
import { createSecretKeeper } from "./secret.ts";

// The entry: small, so that the gateway is asked while the page itself is on its way. Scripts lie in assets/ below
// the base path of the page.
const base = new URL("..", import.meta.url);
// On its own computer the gateway knows the page by where it comes from; elsewhere the page is a device first.
const knock = globalThis.moltbotKnock;
const secret = createSecretKeeper(location, history);
const first = languageFor(navigator.languages);
const instanceId = isSecureContext ? crypto.randomUUID() : "";
const ahead = knock && askAhead(knock, sessionIn(base, location.pathname), introduce);

function introduce(locale: string = languageTags[first]): Introduced {
  const known = secret.get();
  return {
    client: { id: "webchat-ui", version, platform: "web", mode: "webchat", instanceId },
    // Whether the gateway is set to a token or a password is its own affair; it reads the one it wants.
    ...(known && { auth: { token: known, password: known } }),
    locale,
    userAgent: navigator.userAgent,
  };
}

const [{ openPage }] = await Promise.all([import("./page.tsx"), textsIn(first)]);
await openPage({ base, secret, first, introduce, ahead });
