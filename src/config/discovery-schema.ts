import { words } from "#protocol/primitives.ts";
import { looseSection, section, withDefault } from "./schema-parts.ts";

/** How gateways are found in the local network. */
export const Discovery = looseSection(
  {
    mdns: section(
      {
        mode: withDefault(
          words("off", "minimal", "full"),
          "minimal",
          "announce the gateway by Bonjour where others can reach it; full also tells its certificate's fingerprint",
        ),
      },
      "Bonjour",
    ),
  },
  "finding gateways on the network",
);
