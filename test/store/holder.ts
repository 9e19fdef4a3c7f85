/** A program that takes the gateway lock of a directory, says what it got, and holds it until it is ended. */
import { acquireGatewayLock } from "#src/store/lock.ts";

function take(): string {
  const got = acquireGatewayLock(process.argv[2] ?? "", { pid: process.pid, startedAt: 1, version: "1.2.3" });
  return JSON.stringify("lock" in got ? { held: true } : got);
}

const said = take();
// Nobody refers to the lock any more, which must not end it.
await Bun.sleep(0);
Bun.gc(true);
console.log(said);
setInterval(() => {}, 60_000);
