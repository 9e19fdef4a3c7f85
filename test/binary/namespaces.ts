import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";

/** Two computers with a cable between them: network namespaces of this machine, joined by a veth pair. */
export interface TwoHosts extends Disposable {
  gateway: Host;
  other: Host;
}

export interface Host {
  address: string;
  /** What to put before a command so that it runs there. */
  readonly enter: readonly string[];
}

/** Why there can be no such pair here; null where there can. */
export function noNamespaces(): string | null {
  if (process.platform !== "linux") return "network namespaces are Linux's";
  if (process.getuid?.() !== 0) return "only root makes network namespaces";
  return existsSync("/usr/sbin/ip") || existsSync("/sbin/ip")
    ? null
    : "there is no program ip; install iproute2";
}

let made = 0;

/** Names and addresses are this process's own, so that two test runs do not meet. */
export function twoHosts(): TwoHosts {
  made += 1;
  const mark = `${process.pid % 60_000}x${made}`;
  const [gateway, other] = [`mg${mark}`, `mo${mark}`];
  const [near, far] = [`va${mark}`, `vb${mark}`];
  const ends = { [gateway]: "10.77.0.1", [other]: "10.77.0.2" };
  const close = () => {
    for (const name of [gateway, other]) spawnSync("ip", ["netns", "del", name]);
  };
  try {
    for (const name of [gateway, other]) ip("netns", "add", name);
    ip("link", "add", near, "netns", gateway, "type", "veth", "peer", "name", far, "netns", other);
    for (const [name, link] of [
      [gateway, near],
      [other, far],
    ] as const) {
      ip("-n", name, "addr", "add", `${ends[name]}/24`, "dev", link);
      ip("-n", name, "link", "set", link, "up");
      ip("-n", name, "link", "set", "lo", "up");
    }
    // The kernel says a little later that a cable is in; until then programs see no network there.
    for (const [name, link] of [
      [gateway, near],
      [other, far],
    ] as const) {
      const patience = performance.now() + 5_000;
      while (!ip("-n", name, "link", "show", link).includes("state UP")) {
        if (performance.now() > patience) throw new Error(`${link} does not come up`);
      }
    }
  } catch (error) {
    close();
    throw error;
  }
  const host = (name: string): Host => ({ address: ends[name] ?? "", enter: ["ip", "netns", "exec", name] });
  return { gateway: host(gateway), other: host(other), [Symbol.dispose]: close };
}

function ip(...args: string[]): string {
  const { status, stdout, stderr } = spawnSync("ip", args, { encoding: "utf8" });
  if (status !== 0) throw new Error(`ip ${args.join(" ")}: ${stderr.trim()}`);
  return stdout;
}
