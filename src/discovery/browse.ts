import { createSocket } from "node:dgram";
import { type DnsRecord, isSameName, readMessage, types, writeMessage } from "./dns-message.ts";
import { type Place, placeOf } from "./links.ts";
import { mdnsGroup } from "./multicast.ts";
import { mdnsPort } from "./responder.ts";
import { serviceTypes } from "./service.ts";

/** A gateway that answered. Only its name is its own word: the address is where the answer came from. */
export interface FoundGateway {
  name: string;
  address: string;
  port: number;
  /** Whether it says that it speaks TLS. */
  tls: boolean;
}

const mostFound = 100;
const askAgainAfterMs = 400;

/** Asks every network that this computer is in, and gathers the answers for a while. */
export async function browse(places: readonly Place[], forMs: number): Promise<FoundGateway[]> {
  const found = new Map<string, FoundGateway>();
  const question = writeMessage({
    questions: serviceTypes.map((name) => ({ name, type: types.ptr, unicast: false })),
  });
  await Promise.all(
    places.map(async (place) => {
      const { promise: failed, reject } = Promise.withResolvers<never>();
      const socket = createSocket("udp4");
      socket.on("error", reject);
      socket.on("message", (bytes, { address }) => {
        // An answer from elsewhere is none.
        if (placeOf(address, [place]) === undefined) return;
        for (const each of gatewaysIn(bytes, address)) {
          if (found.size < mostFound) found.set(`${each.address}:${each.port}`, each);
        }
      });
      try {
        socket.bind(0, place.address);
        await Promise.race([new Promise<void>((resolve) => socket.once("listening", resolve)), failed]);
        socket.setMulticastInterface(place.address);
        socket.setMulticastTTL(255);
        const ask = () => socket.send(question, mdnsPort, mdnsGroup, (error) => error && reject(error));
        ask();
        await Promise.race([Bun.sleep(Math.min(askAgainAfterMs, forMs)), failed]);
        ask();
        await Promise.race([Bun.sleep(Math.max(0, forMs - askAgainAfterMs)), failed]);
      } finally {
        socket.close();
      }
    }),
  );
  return [...found.values()].toSorted((one, other) => one.name.localeCompare(other.name));
}

/** The gateways that an answer speaks of. */
export function gatewaysIn(bytes: Uint8Array, address: string): FoundGateway[] {
  const message = readMessage(bytes);
  if (message === null || !message.isResponse) return [];
  const records = [...message.answers, ...message.additionals];
  return records.flatMap(({ name, data }): FoundGateway[] => {
    const isOurs = serviceTypes.some((type) => isSameName(name.slice(1), type));
    if (data.is !== "srv" || !isOurs || data.port === 0) return [];
    return [{ name: name[0] ?? "", address, port: data.port, tls: saysTls(records, name) }];
  });
}

function saysTls(records: readonly DnsRecord[], name: DnsRecord["name"]): boolean {
  return records.some(
    (each) =>
      each.data.is === "txt" && isSameName(each.name, name) && each.data.entries.includes("gatewayTls=1"),
  );
}
