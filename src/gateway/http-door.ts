import { scopes as allScopes, type Scope } from "#protocol/access.ts";
import { type Admission, admit, type Method, type Visit } from "./admission.ts";
import { recognise } from "./auth.ts";
import type { SocketFacts } from "./connection.ts";
import type { DoorOptions } from "./door.ts";
import { countedAs } from "./trust.ts";

/** Somebody who asks over HTTP, with the secret of its Authorization header. */
export interface HttpVisitor extends Pick<SocketFacts, "request" | "peerPort" | "browser"> {
  bearer: string | null;
}

export type HttpVerdict =
  | { admitted: true; by: Method; scopes: readonly Scope[] }
  /** `retryAfterMs` is 0 where no lock is the reason. */
  | { admitted: false; retryAfterMs: number };

/** The door for HTTP: the same decision, the same locks, without devices. Never throws or rejects. */
export type HttpDoor = (visitor: HttpVisitor) => HttpVerdict | Promise<HttpVerdict>;

const shut: HttpVerdict = { admitted: false, retryAfterMs: 0 };
const noBooks = { opensPage: () => false, holdsToken: () => false, linkOf: () => null };

export function createHttpDoor(
  options: Omit<DoorOptions, "pairing" | "pageLinks" | "now" | "checkIdentity">,
): HttpDoor {
  const { auth, rules, limiter, sameUser, shed } = options;

  return function ask(visitor) {
    try {
      const first = decide(visitor, "unasked");
      if (first !== null) return first;
      return sameUser({ address: visitor.request.peer, port: visitor.peerPort })
        .then((same) => decide(visitor, same) ?? shut)
        .catch(denied);
    } catch (error) {
      return denied(error);
    }
  };

  function denied(error: unknown): HttpVerdict {
    options.trouble(error);
    return shut;
  }

  /** Null where it hangs on whose program asks. */
  function decide({ bearer, request, browser }: HttpVisitor, same: Visit["sameUser"]): HttpVerdict | null {
    const who = countedAs(request, browser);
    const lockedForMs = limiter.lockedForMs(who);
    const admission = admit(
      {
        via: "http",
        request,
        sameUser: same,
        // Nobody's word counts here.
        identity: "unknown",
        credential: recognise(bearer === null ? undefined : { token: bearer }, auth, noBooks),
        proof: "none",
        device: null,
        role: "operator",
        scopes: allScopes,
        isLocked: lockedForMs > 0,
      },
      rules,
    );
    if (admission.is === "looking") return null;
    if (admission.is === "admitted") return { admitted: true, by: admission.by, scopes: admission.scopes };
    return refuse(admission, who, lockedForMs);
  }

  function refuse(admission: Admission, who: string, lockedForMs: number): HttpVerdict {
    if (admission.is !== "refused") return shut;
    if (admission.counts) limiter.failed(who);
    if (admission.why !== "locked") return shut;
    shed("locked-out");
    return { admitted: false, retryAfterMs: lockedForMs };
  }
}
