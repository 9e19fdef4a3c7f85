import { version } from "../../package.json";
import { isLoopback, sessionIn, socketAddress } from "./address.ts";
import { type Ahead, askAhead } from "./ahead.ts";
import type { Introduced } from "./introduction.ts";
import { type LanguageName, languageFor, languageTags } from "./language-name.ts";
import { createSecretKeeper, type SecretKeeper } from "./secret.ts";

/** What is known, and has been asked, before the page is here. */
export interface Beginning {
  /** The address of the page and of the gateway. */
  base: URL;
  secret: SecretKeeper;
  first: LanguageName;
  introduce(locale?: string): Introduced;
  ahead: Ahead | undefined;
}

declare global {
  var moltbotBeginning: Beginning | undefined;
}

/** Begins: on its own computer the gateway knows the page by where it comes from, and is asked at once. */
export function begin(base: URL): Beginning {
  // Elsewhere the page is a device first. What is said on the connection is looked up while it is made.
  const ahead = isLoopback(location.hostname)
    ? askAhead(socketAddress(base), sessionIn(base, location), () => introduce())
    : undefined;
  const secret = createSecretKeeper(location, history);
  const first = languageFor(navigator.languages);
  const instanceId = isSecureContext ? crypto.randomUUID() : "";

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

  return { base, secret, first, introduce, ahead };
}
