/** Tailscale's own program: who is at an address, and the gateway published in the tailnet. */
import type { Environment } from "#src/config/environment.ts";

export interface Tailscale {
  /** The login that an address of the tailnet belongs to. Rejects where Tailscale does not say. */
  whois(address: string): Promise<string>;
  /** Publishes a port of the loopback address; resolves with this machine's name in the tailnet. */
  publish(port: number, how: Publishing): Promise<string>;
  /** Takes that back. */
  withdraw(how: Publishing): Promise<void>;
}

export interface Publishing {
  mode: "serve" | "funnel";
  /** Whether the port speaks TLS, with a certificate of its own. */
  tls: boolean;
}

/** Where the program lies when it is not on the PATH; on macOS it comes inside the app. */
const usualPlaces = [
  "/Applications/Tailscale.app/Contents/MacOS/Tailscale",
  "/opt/homebrew/bin/tailscale",
  "/usr/local/bin/tailscale",
  "/usr/bin/tailscale",
];
const patienceMs = 10_000;
/** How long an answer about an address is good. */
const freshMs = 60_000;
const mostKept = 1_000;

export function createTailscale(
  env: Environment,
  monotonicMs: () => number,
  signal?: AbortSignal,
): Tailscale {
  const known = new Map<string, { login: Promise<string>; until: number }>();

  async function run(...args: string[]): Promise<string> {
    const program = findTailscale(env);
    if (program === null) throw new Error("there is no tailscale program on this computer");
    const child = Bun.spawn([program, ...args], {
      env: { ...env },
      stdin: "ignore",
      stdout: "pipe",
      stderr: "pipe",
      timeout: patienceMs,
      ...(signal === undefined ? {} : { signal }),
    });
    const [out, err, code] = await Promise.all([
      new Response(child.stdout).text(),
      new Response(child.stderr).text(),
      child.exited,
    ]);
    if (code === 0) return out;
    if (child.signalCode !== null) throw new Error(`tailscale ${args[0]} did not answer`);
    const said = (err.trim() || out.trim()).split("\n").at(-1) ?? "";
    throw new Error(`tailscale ${args[0]} failed (exit ${code}${said === "" ? "" : `: ${said}`})`);
  }

  async function ask(address: string): Promise<string> {
    const told = JSON.parse(await run("whois", "--json", address)) as {
      UserProfile?: { LoginName?: unknown };
    };
    const login = told.UserProfile?.LoginName;
    if (typeof login !== "string" || login === "") throw new Error(`tailscale knows nobody at ${address}`);
    return login;
  }

  return {
    whois(address) {
      const kept = known.get(address);
      if (kept !== undefined && kept.until > monotonicMs()) return kept.login;
      const login = ask(address);
      if (known.size >= mostKept) known.clear();
      known.set(address, { login, until: monotonicMs() + freshMs });
      // What went wrong may go right the next time.
      login.catch(() => known.delete(address));
      return login;
    },
    async publish(port, { mode, tls }) {
      await run(mode, "--bg", "--yes", tls ? `https+insecure://127.0.0.1:${port}` : String(port));
      const status = JSON.parse(await run("status", "--json")) as { Self?: { DNSName?: unknown } };
      const name = status.Self?.DNSName;
      if (typeof name !== "string" || name === "")
        throw new Error("tailscale does not say this machine's name");
      return name.replace(/\.$/, "").toLowerCase();
    },
    async withdraw({ mode }) {
      await run(mode, "--https=443", "off");
    },
  };
}

/** The program's path; null where it is not here. */
export function findTailscale(env: Environment, places: readonly string[] = usualPlaces): string | null {
  const onPath = Bun.which("tailscale", { PATH: env.PATH ?? "" });
  return onPath ?? places.find((place) => Bun.which(place) !== null) ?? null;
}
