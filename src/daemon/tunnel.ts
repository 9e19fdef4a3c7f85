import type { Environment } from "#src/config/environment.ts";
import { readFailure, type TunnelFailure, type TunnelRoute } from "./ssh-command.ts";
import { type Carrier, openCarrier } from "./tunnel-carrier.ts";

/** What came of a greeting through the tunnel. */
export type Probe =
  /** A gateway is there, at this address; the version is null where it does not let this client in. */
  | { is: "gateway"; url: string; version: string | null }
  /** The far end was reached and turned us away at once: nothing listens there, or something else. */
  | { is: "nobody"; why: string }
  /** Nothing came back. */
  | { is: "silent" };

/** What happens to a tunnel, for who keeps an eye on it. */
export type TunnelEvent =
  | { is: "connecting" }
  | { is: "up"; url: string; version: string | null }
  | { is: "no-gateway"; why: string }
  | { is: "down"; failure: TunnelFailure; retryMs: number };

export interface Pace {
  minRetryMs: number;
  maxRetryMs: number;
  /** A tunnel that stood this long starts from the shortest wait again. */
  steadyMs: number;
  /** The wait where only a person can help. */
  stuckRetryMs: number;
  /** Within which `ssh` must have opened the local port. */
  openWithinMs: number;
  /** Between two greetings. */
  checkEveryMs: number;
  /** Between two greetings while no gateway answers, and two looks at a shared connection. */
  lookEveryMs: number;
}

export interface TunnelOptions {
  route: TunnelRoute;
  /** The path of `ssh`. */
  ssh: string;
  env: Environment;
  /** Whether a person sits there whom `ssh` may ask at the first contact. */
  attached: boolean;
  /** Goes on where only a person can help, slowly; else that ends it. */
  persistent: boolean;
  /** Greets the gateway through the tunnel. Never rejects. */
  probe: () => Promise<Probe>;
  tell: (event: TunnelEvent) => void;
  signal: AbortSignal;
  pace?: Partial<Pace>;
  /** 0 up to 1. */
  random?: () => number;
}

const usualPace: Pace = {
  minRetryMs: 1_000,
  maxRetryMs: 30_000,
  steadyMs: 60_000,
  stuckRetryMs: 600_000,
  openWithinMs: 30_000,
  checkEveryMs: 30_000,
  lookEveryMs: 2_000,
};

/** How often the local port is tried while `ssh` connects. */
const knockEveryMs = 50;
/** Silent greetings in a row after which the tunnel is laid anew. */
const mostSilent = 2;

/**
 * Keeps the tunnel up until the signal: null then, or why it was given up. A failure that only a person can mend is
 * not tried again and again, since hosts lock out who keeps knocking.
 */
export async function keepTunnel(options: TunnelOptions): Promise<TunnelFailure | null> {
  const { tell, signal, persistent, random = Math.random } = options;
  const pace = { ...usualPace, ...options.pace };
  let ceiling = pace.minRetryMs;
  let attached = options.attached;
  while (!signal.aborted) {
    tell({ is: "connecting" });
    const { failure, stoodMs } = await lay({ ...options, attached }, pace);
    if (signal.aborted) return null;
    const isStuck = failure.is !== "lost";
    if (isStuck && !persistent) return failure;
    // Nobody is asked again in the middle of the night.
    if (stoodMs > 0) attached = false;
    if (stoodMs >= pace.steadyMs) ceiling = pace.minRetryMs;
    const retryMs = isStuck ? pace.stuckRetryMs : Math.round((ceiling / 2) * (1 + random()));
    ceiling = Math.min(pace.maxRetryMs, ceiling * 2);
    tell({ is: "down", failure, retryMs });
    await pause(retryMs, signal);
  }
  return null;
}

/** One life of the tunnel, from `ssh` to its end. */
async function lay(options: TunnelOptions, pace: Pace): Promise<{ failure: TunnelFailure; stoodMs: number }> {
  const { route, ssh, env, attached, signal } = options;
  const over = new AbortController();
  // Else whoever has the port would be greeted in the tunnel's place.
  if (await takes(route.localPort)) {
    return { failure: { is: "port-held", said: `port ${route.localPort} is in use` }, stoodMs: 0 };
  }
  const carrier = await openCarrier({ route, ssh, env, attached, lookEveryMs: pace.lookEveryMs });
  const ended = carrier.ended.then(readFailure);
  void ended.then(() => over.abort());
  const withdrawn = () => over.abort();
  signal.addEventListener("abort", withdrawn, { once: true });
  let openedAt: number | null = null;
  try {
    if (signal.aborted) over.abort();
    // Where a person is asked, it takes as long as it takes.
    const within = attached ? Number.POSITIVE_INFINITY : pace.openWithinMs;
    const isOpen = await untilOpen(route.localPort, within, over.signal);
    if (isOpen) openedAt = performance.now();
    const why = isOpen ? await watch(options, pace, carrier, over.signal) : "the host does not answer";
    const failure: TunnelFailure = over.signal.aborted && !signal.aborted ? await ended : lost(why);
    return { failure, stoodMs: openedAt === null ? 0 : performance.now() - openedAt };
  } finally {
    signal.removeEventListener("abort", withdrawn);
    await carrier.close();
  }
}

function lost(said: string): TunnelFailure {
  return { is: "lost", said };
}

/** Greets again and again, until the end or until nothing comes back any more. */
async function watch(
  { probe, tell }: TunnelOptions,
  pace: Pace,
  carrier: Carrier,
  over: AbortSignal,
): Promise<string> {
  let told: string | null = null;
  let silent = 0;
  const once = (event: TunnelEvent) => {
    if (told !== event.is) tell(event);
    told = event.is;
  };
  while (!over.aborted) {
    const found = await probe();
    if (over.aborted) break;
    silent = found.is === "silent" ? silent + 1 : 0;
    if (silent === mostSilent) return "nothing comes back through the tunnel";
    if (found.is === "gateway") once({ ...found, is: "up" });
    else if (found.is === "nobody") {
      const refused = /open failed: (.+)$/m.exec(carrier.said())?.[1];
      once({ is: "no-gateway", why: refused ?? found.why });
    }
    await pause(found.is === "gateway" ? pace.checkEveryMs : pace.lookEveryMs, over);
  }
  return "";
}

/** Whether the port takes connections before the time or the signal. */
async function untilOpen(port: number, withinMs: number, over: AbortSignal): Promise<boolean> {
  const deadline = performance.now() + withinMs;
  while (!over.aborted && performance.now() < deadline) {
    if (await takes(port)) return !over.aborted;
    await pause(knockEveryMs, over);
  }
  return false;
}

/** Whether something listens on a port of this computer. */
async function takes(port: number): Promise<boolean> {
  try {
    const socket = await Bun.connect({ hostname: "127.0.0.1", port, socket: { data() {} } });
    socket.terminate();
    return true;
  } catch {
    return false;
  }
}

function pause(ms: number, until: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (until.aborted) return resolve();
    const finish = () => {
      clearTimeout(timer);
      until.removeEventListener("abort", finish);
      resolve();
    };
    const timer = setTimeout(finish, ms);
    until.addEventListener("abort", finish, { once: true });
  });
}
