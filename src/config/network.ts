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
