// `node:net` would tell as well, at the price of 3 MB of memory in every gateway.

const octet = "(?:25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)";
const ipv4 = new RegExp(`^${octet}(?:\\.${octet}){3}$`);

function isIPv4(text: string): boolean {
  return ipv4.test(text);
}

function isIPv6(text: string): boolean {
  return /^[0-9a-f:.]+$/i.test(text) && URL.canParse(`http://[${text}]/`);
}

export function isIpv4(text: string): boolean {
  return isIPv4(text);
}

/** Whether an address only reaches this machine. */
export function isLoopback(address: string): boolean {
  return address === "::1" || (isIPv4(address) && address.startsWith("127."));
}

/** `10.1.2.3`, `fd00::1`, `10.0.0.0/8` or `fd00::/8`. */
export function isAddressOrNetwork(text: string): boolean {
  const [address = "", bits, ...rest] = text.split("/");
  if (rest.length > 0) return false;
  const most = isIPv4(address) ? 32 : isIPv6(address) ? 128 : -1;
  if (most < 0) return false;
  return bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= most);
}

/** Whether an address is one that Tailscale gives (100.64.0.0/10). */
export function isTailnet(address: string): boolean {
  const [first, second] = address.split(".").map(Number);
  return isIPv4(address) && first === 100 && second !== undefined && second >= 64 && second < 128;
}

/** An address in its plain form: IPv4 that came mapped into IPv6 is IPv4 again. */
export function plainAddress(address: string): string {
  return address.startsWith("::ffff:") && address.includes(".") ? address.slice(7) : address;
}

/** Whether an address is this one, or lies in this network. Both in plain form: no IPv4 mapped into IPv6. */
export function isWithin(address: string, network: string): boolean {
  const [base = "", length] = network.split("/");
  const one = bitsOf(address);
  const other = bitsOf(base);
  if (one === null || other === null || one.length !== other.length) return false;
  const compared = length === undefined ? one.length : Number(length);
  return one.slice(0, compared) === other.slice(0, compared);
}

function bitsOf(address: string): string | null {
  const parts = isIPv4(address) ? address.split(".").map(Number) : ipv6Groups(address);
  const width = parts?.length === 4 ? 8 : 16;
  return parts?.map((part) => part.toString(2).padStart(width, "0")).join("") ?? null;
}

/** The eight numbers of an IPv6 address; null for anything else. */
export function ipv6Groups(address: string): number[] | null {
  const bare = address.replace(/%.*$/, "");
  if (!bare.includes(":")) return null;
  const [head = "", tail, ...more] = bare.split("::");
  const read = (part: string) => (part === "" ? [] : part.split(":").flatMap(groupsOf));
  const before = read(head);
  const after = tail === undefined ? [] : read(tail);
  const missing = 8 - before.length - after.length;
  if (more.length > 0 || (tail === undefined ? missing !== 0 : missing < 1)) return null;
  const groups = [...before, ...Array<number>(missing).fill(0), ...after];
  return groups.some(Number.isNaN) ? null : groups;
}

/** One group of an IPv6 address, or the two that a dotted IPv4 address at its end stands for. */
function groupsOf(text: string): number[] {
  const dotted = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/.exec(text)?.slice(1).map(Number);
  if (dotted === undefined) return [/^[0-9a-f]{1,4}$/i.test(text) ? Number.parseInt(text, 16) : Number.NaN];
  const [a = 0, b = 0, c = 0, d = 0] = dotted;
  return dotted.some((byte) => byte > 255) ? [Number.NaN, Number.NaN] : [a * 256 + b, c * 256 + d];
}
