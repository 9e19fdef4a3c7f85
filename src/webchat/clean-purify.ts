import createDOMPurify, { type Config } from "dompurify";
import type { Clean, CleanRules } from "./clean.ts";

/** For browsers that cannot clean HTML themselves; tags that are not allowed are unwrapped. */
export function cleanWithPurify(window: Window & typeof globalThis, rules: CleanRules): Clean {
  const purify = createDOMPurify(window);
  // One object for all calls: the library reads its rules anew for every other one.
  const config = {
    RETURN_DOM_FRAGMENT: true as const,
    ALLOWED_TAGS: rules.tags,
    ALLOWED_ATTR: rules.attributes,
    ALLOWED_URI_REGEXP: rules.addresses,
    ALLOW_DATA_ATTR: false,
    ALLOW_ARIA_ATTR: false,
  } satisfies Config & { RETURN_DOM_FRAGMENT: true };
  return (html) => purify.sanitize(html, config);
}
