import type { Presence } from "#src/presence/presence.ts";
import type { Connection } from "./connection.ts";

/** Keeps the presence list in step with the connections; one client may have several sockets. */
export interface Attendance {
  joined(connection: Connection): void;
  left(connection: Connection): void;
}

/** Clients that come and go within a command; listing them would tell nobody anything. */
const unlisted = new Set(["cli", "backend", "probe"]);

export function createAttendance(presence: Presence): Attendance {
  const sockets = new Map<string, number>();

  return {
    joined(connection) {
      const { caller, facts, greeting } = connection;
      const { client: told } = greeting.params;
      if (unlisted.has(caller.client.mode)) return;
      const key = keyOf(connection);
      sockets.set(key, (sockets.get(key) ?? 0) + 1);
      presence.note(key, {
        host: caller.client.name,
        ...(facts.local ? {} : { ip: facts.peer }),
        version: told.version,
        platform: told.platform,
        ...(told.deviceFamily === undefined ? {} : { deviceFamily: told.deviceFamily }),
        ...(told.modelIdentifier === undefined ? {} : { modelIdentifier: told.modelIdentifier }),
        mode: told.mode,
        reason: "connect",
        ...(caller.deviceId === null ? {} : { deviceId: caller.deviceId }),
        roles: [caller.role],
        scopes: [...caller.scopes],
        ...(told.instanceId === undefined ? {} : { instanceId: told.instanceId }),
      });
    },
    left(connection) {
      const key = keyOf(connection);
      const rest = (sockets.get(key) ?? 0) - 1;
      if (rest > 0) sockets.set(key, rest);
      else if (sockets.delete(key)) presence.left(key);
    },
  };
}

function keyOf({ id, caller, greeting }: Connection): string {
  return caller.deviceId ?? greeting.params.client.instanceId ?? id;
}
