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
  // By whose they are, in the order in which they came.
  const present = new Map<string, Set<Connection>>();

  /** One row for all connections of a device, be it operator, node or both; the last to come describes it. */
  function show(key: string, connections: ReadonlySet<Connection>): void {
    const all = [...connections];
    const last = all.at(-1);
    if (last === undefined) return;
    const { caller, facts, greeting } = last;
    const { client: told } = greeting.params;
    presence.note(key, {
      host: caller.client.name,
      ...(facts.local ? {} : { ip: facts.request.peer }),
      version: told.version,
      platform: told.platform,
      ...(told.deviceFamily === undefined ? {} : { deviceFamily: told.deviceFamily }),
      ...(told.modelIdentifier === undefined ? {} : { modelIdentifier: told.modelIdentifier }),
      mode: told.mode,
      reason: "connect",
      ...(caller.deviceId === null ? {} : { deviceId: caller.deviceId }),
      roles: [...new Set(all.map((each) => each.caller.role))],
      scopes: [...new Set(all.flatMap((each) => [...each.caller.scopes]))],
      ...(told.instanceId === undefined ? {} : { instanceId: told.instanceId }),
    });
  }

  return {
    joined(connection) {
      if (unlisted.has(connection.caller.client.mode)) return;
      const key = keyOf(connection);
      const connections = present.get(key) ?? new Set();
      present.set(key, connections.add(connection));
      show(key, connections);
    },
    left(connection) {
      const key = keyOf(connection);
      const connections = present.get(key);
      if (connections?.delete(connection) !== true) return;
      if (connections.size > 0) {
        show(key, connections);
        return;
      }
      present.delete(key);
      presence.left(key);
    },
  };
}

function keyOf({ id, caller, greeting }: Connection): string {
  return caller.deviceId ?? greeting.params.client.instanceId ?? id;
}
