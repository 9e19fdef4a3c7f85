interface Doors {
  /** Rooms, or single files of a room that is otherwise shut. `protocol` and `lib` are open to all but each other. */
  to: readonly string[];
  /** Packages of others. Node's and Bun's own modules are open unless `pure`. */
  packages?: readonly string[];
  /** Runs in a browser or is plain data: no node:, no bun. */
  pure?: true;
}

/**
 * Which room may import from which. Doors open one way: a room is listed below all that it may enter, and a test
 * holds that order.
 */
export const doors: Record<string, Doors> = {
  protocol: { to: [], packages: ["@sinclair/typebox"], pure: true },
  lib: { to: ["protocol"] },
  codegen: { to: ["protocol", "src/lib/schema-check.ts"], packages: ["@sinclair/typebox", "ajv"] },

  store: { to: [] },
  channels: { to: [], packages: ["@sinclair/typebox", "grammy"] },
  config: { to: ["channels"], packages: ["@sinclair/typebox", "json5"] },
  discovery: { to: [] },
  backup: { to: ["store", "config"] },
  update: { to: ["src/store/lock.ts"] },
  doctor: { to: ["store", "config", "backup"] },
  devices: { to: ["store"] },
  health: { to: [] },
  presence: { to: [] },
  sessions: { to: ["store"] },
  usage: { to: ["store"] },
  agents: {
    to: ["sessions", "config", "usage"],
    packages: ["@ai-sdk/anthropic"],
  },
  outbox: { to: ["channels", "store"], packages: ["marked"] },
  inbox: { to: ["store", "channels", "sessions", "devices", "usage", "agents", "outbox"] },
  methods: {
    to: [
      ...["store", "channels", "config", "devices", "health", "presence", "sessions", "usage", "agents"],
      ...["outbox", "inbox"],
    ],
  },

  webchat: {
    to: ["package.json"],
    packages: ["preact", "@preact/signals", "marked", "dompurify", "uqr"],
    pure: true,
  },
  "webchat server": { to: ["src/webchat/index.html"] },
  gateway: {
    to: [
      ...[
        "store",
        "channels",
        "config",
        "discovery",
        "backup",
        "devices",
        "health",
        "presence",
        "sessions",
        "usage",
        "agents",
        "outbox",
        "inbox",
        "methods",
      ],
      ...["webchat server", "protocol/protocol.schema.json", "package.json"],
    ],
  },

  client: { to: [] },
  daemon: { to: ["config"] },
  cli: {
    // The lock says which gateway runs here, the system who has a port; everything else is asked over the protocol.
    to: [
      ...["client", "config", "discovery", "daemon", "backup", "update", "doctor"],
      ...["src/store/lock.ts", "src/store/port-holder.ts", "package.json"],
    ],
    packages: ["citty", "uqr"],
  },
  "main.ts": { to: ["cli"] },
  // What the build adds to an executable; nothing of it is in one.
  packaging: { to: ["cli"], packages: ["json5"] },
};

/** Doors for one file, for what nobody else in its room may do. */
export const sideDoors: Record<string, readonly string[]> = {
  "src/cli/commands/gateway.ts": ["gateway"],
  "src/lib/schema-check.ts": ["ajv", "@sinclair/typebox"],
};
