import { type GatewayFlags, resolveGateway } from "#src/config/gateway.ts";
import type { LiveConfig } from "#src/config/live.ts";
import type { Pairing } from "#src/devices/pairing.ts";
import type { Log } from "#src/lib/log.ts";
import type { Method } from "./admission.ts";
import type { Connection } from "./connection.ts";
import type { createEntrance } from "./entrance.ts";
import { type KeptAuthOptions, keptAuth } from "./kept-auth.ts";

export interface SecretChangeOptions {
  live: LiveConfig;
  flags: GatewayFlags;
  kept: KeptAuthOptions;
  entrance: Pick<ReturnType<typeof createEntrance>, "renew">;
  connections: ReadonlySet<Connection>;
  log: Log;
}

/** What was given to one device, or lies in the state directory, does not hang on the secret. */
const ownProof: ReadonlySet<Method> = new Set(["local-key", "page", "device-token", "bootstrap-token"]);

/**
 * When the config brings another secret, or another way in, that counts from then on; and whoever came in by what
 * counted before is sent away, to come again by what counts now.
 */
export function followSecret(options: SecretChangeOptions): void {
  const { live, flags, kept, entrance, connections, log } = options;
  /** One change after the other, whatever a keychain takes. */
  let turn = Promise.resolve();

  async function follow(): Promise<void> {
    const { config, env } = live.current();
    const next = resolveGateway(config, env, flags);
    const auth = await keptAuth(next.auth, kept);
    for (const secret of auth.mode === "token"
      ? [auth.token]
      : auth.mode === "password"
        ? [auth.password]
        : [])
      kept.known(secret);
    if (!entrance.renew({ ...next, auth })) return;
    log.info("the way in has changed", { auth: auth.mode });
    // After this turn, so that whoever asked for the change has its answer.
    setImmediate(() => {
      for (const connection of connections) {
        const by = connection.admittedBy;
        if (by !== null && !ownProof.has(by))
          connection.end("invalidated", "client invalidated: secret changed");
      }
    });
  }

  live.listen(["gateway"], () => {
    turn = turn.then(follow).catch((error) => {
      log.error("the new secret cannot be used, so the old one still counts", { error });
    });
  });
}

/** Sends away who rests on what was revoked, rotated or removed, once that is written down. */
export function followPairing(
  pairing: Pick<Pairing, "onDismissal">,
  connections: ReadonlySet<Connection>,
): void {
  pairing.onDismissal(({ deviceId, role, why }) => {
    // After this turn: whoever is being let in at this moment is in by then, and an own request has its answer.
    setImmediate(() => {
      for (const connection of connections) {
        if (connection.belongsTo(deviceId, role)) {
          connection.end("invalidated", `client invalidated: ${why}`);
        }
      }
    });
  });
}
