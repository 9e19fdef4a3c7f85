/**
 * The declarations, gathered. In the executable the build puts plain data in this module's place, without the
 * schemas: at run time only `src/lib/validators.ts` judges by them.
 */
import * as agents from "./domains/agents.ts";
import * as chat from "./domains/chat.ts";
import * as config from "./domains/config.ts";
import * as connect from "./domains/connect.ts";
import * as health from "./domains/health.ts";
import * as presence from "./domains/presence.ts";
import * as sessions from "./domains/sessions.ts";
import * as system from "./domains/system.ts";

/** The contract by subject; handlers come in files of the same names. */
export const domains = {
  health: health.methods,
  presence: presence.methods,
  system: system.methods,
  config: config.methods,
  agents: agents.methods,
  chat: chat.methods,
  sessions: sessions.methods,
} as const;

/** Every method that can be called after hello-ok. */
export const methods = {
  ...health.methods,
  ...presence.methods,
  ...system.methods,
  ...config.methods,
  ...agents.methods,
  ...chat.methods,
  ...sessions.methods,
} as const;

/** The one method before hello-ok. */
export const handshake = connect.handshake;

export const events = {
  ...connect.events,
  ...health.events,
  ...presence.events,
  ...agents.events,
  ...chat.events,
} as const;
