import { type Interfaces, type Place, placesOf } from "./links.ts";
import { type Multicast, openMulticast } from "./multicast.ts";
import { createResponder, type Responder } from "./responder.ts";
import { hostName, type Service } from "./service.ts";

export interface AnnouncerOptions {
  service: Service;
  /** Those of the computer's networks in which the service is reached. */
  places(all: Place[]): Place[];
  interfaces(): Interfaces;
  monotonicMs(): number;
  /** The name by which it is found now. */
  settled(name: string, host: string): void;
  /** Said once until it works again. */
  failed(error: unknown): void;
}

export interface Announcer {
  close(): Promise<void>;
}

/** How often is looked whether the computer has moved into another network. */
const lookEveryMs = 15_000;

/** Announces a service wherever the computer is, for as long as this is open. Whatever fails is tried again. */
export function openAnnouncer(options: AnnouncerOptions): Announcer {
  let current: { multicast: Multicast; responder: Responder } | null = null;
  let known = "";
  let told = "";
  let over = false;

  function fail(error: unknown): void {
    const lost = current;
    current = null;
    lost?.responder.stop();
    known = "";
    const message = String(error);
    if (message === told || over) return;
    told = message;
    options.failed(error);
  }

  async function leave(): Promise<void> {
    const left = current;
    current = null;
    left?.responder.stop();
    await left?.multicast.close();
  }

  async function look(): Promise<void> {
    const places = options.places(placesOf(options.interfaces()));
    const seen = JSON.stringify(places);
    if (seen === known) return;
    await leave();
    known = seen;
    if (places.length === 0 || over) return;
    const { monotonicMs } = options;
    const multicast = await openMulticast({
      places,
      monotonicMs,
      failed: fail,
      received: (...heard) => current?.responder.receive(...heard),
    });
    const responder = createResponder({
      service: options.service,
      links: multicast.links,
      monotonicMs,
      random: Math.random,
      after(ms, then) {
        const timer = setTimeout(() => {
          try {
            then();
          } catch (error) {
            fail(error);
          }
        }, ms);
        timer.unref();
        return () => clearTimeout(timer);
      },
      settled(service) {
        told = "";
        options.settled(service.name, hostName(service).join("."));
      },
      gaveUp: () => options.failed(new Error("another computer claims every name that was tried")),
    });
    current = { multicast, responder };
    responder.start();
  }

  let looking = look().catch(fail);
  const timer = setInterval(() => {
    looking = looking.then(look).catch(fail);
  }, lookEveryMs);
  timer.unref();

  return {
    async close() {
      over = true;
      clearInterval(timer);
      await looking;
      await leave();
    },
  };
}
