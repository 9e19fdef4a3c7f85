import type { Environment } from "#src/config/environment.ts";

/** Tells the supervisor how the service is; where nobody listens, nothing happens and nothing is loaded. */
export interface Notifier {
  /** The service serves now; from here on the watchdog hears that it lives. */
  ready(): void;
  stopping(): void;
  close(): void;
}

const silent: Notifier = { ready() {}, stopping() {}, close() {} };

/** The supervisor that `NOTIFY_SOCKET` names, as systemd sets it. */
export async function openNotifier(env: Environment, failed: (error: unknown) => void): Promise<Notifier> {
  const socket = env.NOTIFY_SOCKET;
  if (socket === undefined || socket === "") return silent;
  let send: (text: string) => void;
  try {
    const { openDatagramTo } = await import("./datagram.ts");
    send = openDatagramTo(socket);
  } catch (error) {
    failed(error);
    return silent;
  }
  let beat: NodeJS.Timeout | undefined;
  const tell = (text: string) => {
    try {
      send(text);
    } catch (error) {
      failed(error);
    }
  };
  return {
    ready() {
      tell("READY=1");
      const everyMs = watchdogMs(env);
      // A loop that hangs does not say that it lives, and is started anew.
      if (everyMs !== null) beat ??= setInterval(() => tell("WATCHDOG=1"), everyMs);
    },
    stopping() {
      tell("STOPPING=1");
    },
    close() {
      clearInterval(beat);
    },
  };
}

/** How often the watchdog is told: three times in the span that it waits; null where it waits for nobody or another. */
export function watchdogMs(env: Environment, pid = process.pid): number | null {
  const microseconds = Number(env.WATCHDOG_USEC ?? "");
  if (!Number.isSafeInteger(microseconds) || microseconds <= 0) return null;
  if (env.WATCHDOG_PID !== undefined && env.WATCHDOG_PID !== String(pid)) return null;
  return Math.max(1, Math.floor(microseconds / 3000));
}
