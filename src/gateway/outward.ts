import { networkInterfaces } from "node:os";
import { isLoopback } from "./trust.ts";

/** The address by which another computer would reach a gateway that listens on these. */
export function outwardAddress(addresses: readonly string[]): string {
  const [first = "127.0.0.1"] = addresses;
  const isEverywhere = addresses.some((each) => each === "0.0.0.0" || each === "::");
  if (!isEverywhere) return addresses.find((each) => !isLoopback(each)) ?? first;
  const own = Object.values(networkInterfaces()).flatMap((each) => each ?? []);
  return own.find(({ family, internal }) => family === "IPv4" && !internal)?.address ?? "127.0.0.1";
}
