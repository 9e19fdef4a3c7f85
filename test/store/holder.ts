/** A program that takes the gateway lock of a directory, says what it got, and holds it until it is ended. */
import { acquireGatewayLock } from "#src/store/lock.ts";

const got = acquireGatewayLock(process.argv[2] ?? "", { pid: process.pid, startedAt: 1, version: "1.2.3" });
console.log(JSON.stringify("lock" in got ? { held: true } : got));
setInterval(() => {}, 60_000);
