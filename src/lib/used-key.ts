import { GatewayError } from "./errors.ts";

/** A key that one request was made under is not another's, whatever became of the first. */
export function refuseOther(first: string, second: string, key: string): void {
  if (first === second) return;
  throw new GatewayError(
    "INVALID_REQUEST",
    `idempotencyKey ${JSON.stringify(key)} was used for another request; use a new key for a new intent`,
  );
}
