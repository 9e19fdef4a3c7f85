import { asLabel, type DnsRecord, type Name, types } from "./dns-message.ts";

/** Under which names apps look for a gateway, the older first. */
export const serviceTypes: readonly Name[] = [
  ["_clawdbot-gw", "_tcp", "local"],
  ["_openclaw-gw", "_tcp", "local"],
];

/** Where a computer asks for everything that there is. */
const allServices: Name = ["_services", "_dns-sd", "_udp", "local"];

/** What is announced. */
export interface Service {
  /** What people read. */
  name: string;
  /** The first label of a host name that nobody else has. */
  host: string;
  port: number;
  txt: Readonly<Record<string, string>>;
}

const hostSeconds = 120;
const otherSeconds = 4_500;

/** The name under which the service is reached. */
export function hostName({ host }: Service): Name {
  return [host, "local"];
}

/** The same service under other names, after somebody else turned out to have these. */
export function renamed({ name, host, ...rest }: Service, times: number): Service {
  const mark = ` (${times + 1})`;
  return { ...rest, name: `${asLabel(name, 63 - mark.length)}${mark}`, host: `${host}-${times + 1}` };
}

/** All that is known of the service on the link with this address. */
export function recordsOf(service: Service, address: string): DnsRecord[] {
  const host = hostName(service);
  const entries = Object.entries(service.txt).map(([key, value]) => `${key}=${value}`);
  const shared = (name: Name, target: Name): DnsRecord => ({
    ...{ name, type: types.ptr, unique: false, ttl: otherSeconds },
    data: { is: "ptr", target },
  });
  const sole = (name: Name, type: number, ttl: number, data: DnsRecord["data"]): DnsRecord => ({
    ...{ name, type, unique: true, ttl, data },
  });
  const has = (name: Name, ...known: number[]): DnsRecord =>
    sole(name, types.nsec, hostSeconds, { is: "nsec", name, has: known });
  return [
    ...serviceTypes.flatMap((type) => {
      const instance = [asLabel(service.name), ...type];
      return [
        shared(type, instance),
        shared(allServices, type),
        sole(instance, types.srv, hostSeconds, { is: "srv", port: service.port, target: host }),
        sole(instance, types.txt, otherSeconds, { is: "txt", entries }),
        has(instance, types.txt, types.srv),
      ];
    }),
    sole(host, types.a, hostSeconds, { is: "a", address }),
    has(host, types.a),
  ];
}
