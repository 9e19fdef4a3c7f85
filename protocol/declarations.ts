/**
 * The declarations, gathered. In the executable the build puts plain data in this module's place, without the
 * schemas: at run time only `src/lib/validators.ts` judges by them.
 */
import * as agents from "./domains/agents.ts";
import * as approvals from "./domains/approvals.ts";
import * as backup from "./domains/backup.ts";
import * as channels from "./domains/channels.ts";
import * as chat from "./domains/chat.ts";
import * as commands from "./domains/commands.ts";
import * as config from "./domains/config.ts";
import * as connect from "./domains/connect.ts";
import * as devices from "./domains/devices.ts";
import * as health from "./domains/health.ts";
import * as heartbeat from "./domains/heartbeat.ts";
import * as models from "./domains/models.ts";
import * as outbox from "./domains/outbox.ts";
import * as page from "./domains/page.ts";
import * as pairing from "./domains/pairing.ts";
import * as presence from "./domains/presence.ts";
import * as sessions from "./domains/sessions.ts";
import * as subscriptions from "./domains/subscriptions.ts";
import * as system from "./domains/system.ts";
import * as usage from "./domains/usage.ts";

/** The contract by subject; handlers come in files of the same names. */
export const domains = {
  health: health.methods,
  page: page.methods,
  presence: presence.methods,
  system: system.methods,
  backup: backup.methods,
  config: config.methods,
  agents: agents.methods,
  models: models.methods,
  usage: usage.methods,
  channels: channels.methods,
  chat: chat.methods,
  sessions: sessions.methods,
  subscriptions: subscriptions.methods,
  commands: commands.methods,
  approvals: approvals.methods,
  heartbeat: heartbeat.methods,
  devices: devices.methods,
  pairing: pairing.methods,
  outbox: outbox.methods,
} as const;

/** Every method that can be called after hello-ok. */
export const methods = {
  ...health.methods,
  ...page.methods,
  ...presence.methods,
  ...system.methods,
  ...backup.methods,
  ...config.methods,
  ...agents.methods,
  ...models.methods,
  ...usage.methods,
  ...channels.methods,
  ...chat.methods,
  ...sessions.methods,
  ...subscriptions.methods,
  ...commands.methods,
  ...approvals.methods,
  ...heartbeat.methods,
  ...devices.methods,
  ...pairing.methods,
  ...outbox.methods,
} as const;

/** The one method before hello-ok. */
export const handshake = connect.handshake;

export const events = {
  ...connect.events,
  ...health.events,
  ...presence.events,
  ...agents.events,
  ...chat.events,
  ...subscriptions.events,
  ...devices.events,
  ...pairing.events,
} as const;
