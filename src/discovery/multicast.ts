import { createSocket, type Socket } from "node:dgram";
import { type Message, readMessage } from "./dns-message.ts";
import { type Place, placeOf } from "./links.ts";
import { type Link, mdnsPort, type Sender } from "./responder.ts";

export const mdnsGroup = "224.0.0.251";
/** More than a busy network has; what goes beyond it is not looked at. */
const mostPerSecond = 200;

export interface MulticastOptions {
  places: readonly Place[];
  received(link: Link, message: Message, from: Sender): void;
  /** Called once; then nothing works any more. */
  failed(error: unknown): void;
  monotonicMs(): number;
}

export interface Multicast {
  links: readonly Link[];
  /** Resolves when what was sent before has left. */
  close(): Promise<void>;
}

/** Sockets on the port of multicast DNS, beside those of the system's own service. Throws where that cannot be. */
export async function openMulticast(options: MulticastOptions): Promise<Multicast> {
  const { places, monotonicMs } = options;
  const sockets: Socket[] = [];
  let sending = 0;
  let over = false;
  const second = { since: monotonicMs(), count: 0 };

  function fail(error: unknown): void {
    if (over) return;
    over = true;
    shut();
    options.failed(error);
  }

  function shut(): void {
    for (const socket of sockets.splice(0)) socket.close();
  }

  function linkOf(place: Place, socket: Socket): Link & Place {
    return {
      ...place,
      send(message, to = { address: mdnsGroup, port: mdnsPort }) {
        if (over) return;
        sending += 1;
        socket.send(message, to.port, to.address, (error) => {
          sending -= 1;
          // One asker that cannot be reached is no trouble of the network's.
          if (error && to.address === mdnsGroup) fail(error);
        });
      },
    };
  }

  function take(bytes: Uint8Array, from: Sender): void {
    const now = monotonicMs();
    if (now - second.since >= 1_000) Object.assign(second, { since: now, count: 0 });
    second.count += 1;
    const link = over || second.count > mostPerSecond ? undefined : placeOf(from.address, links);
    const message = link === undefined ? null : readMessage(bytes);
    if (link !== undefined && message !== null) options.received(link, message, from);
  }

  const links: (Link & Place)[] = [];
  try {
    for (const place of places) {
      const socket = await bound(fail);
      sockets.push(socket);
      socket.setMulticastInterface(place.address);
      socket.setMulticastTTL(255);
      socket.setMulticastLoopback(true);
      links.push(linkOf(place, socket));
    }
    // Each socket would hear each group of this computer, so only one listens.
    const ear = await bound(fail);
    sockets.push(ear);
    for (const { address } of places) ear.addMembership(mdnsGroup, address);
    ear.on("message", (bytes, { address, port }) => {
      try {
        take(bytes, { address, port });
      } catch (error) {
        fail(error);
      }
    });
  } catch (error) {
    over = true;
    shut();
    throw error;
  }
  return {
    links,
    async close() {
      for (let turn = 0; turn < 10 && sending > 0; turn += 1) await Bun.sleep(5);
      over = true;
      shut();
    },
  };
}

async function bound(failed: (error: unknown) => void): Promise<Socket> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const socket = createSocket({ type: "udp4", reuseAddr: true });
  socket.on("error", (error) => {
    reject(error);
    failed(error);
  });
  socket.bind(mdnsPort, "0.0.0.0", resolve);
  await promise;
  return socket;
}
