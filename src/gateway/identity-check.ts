import type { IdentityCheck } from "./admission.ts";
import type { FarEnd, UserOf } from "./same-user.ts";
import type { Tailscale } from "./tailscale.ts";
import type { Vouch } from "./vouching.ts";

/** Asks the system whether what a proxy says is so. Never rejects. */
export type CheckIdentity = (vouch: Vouch | null, far: FarEnd) => Promise<IdentityCheck>;

export interface CheckIdentityOptions {
  tailscale: () => Promise<Tailscale>;
  /** Null where the system does not tell whose program connects. */
  userOf: UserOf | null;
  /** The user that Tailscale runs as. */
  tailscaleUid: number;
  trouble: (error: unknown) => void;
}

/** Believes a name that root's own program passes on, and that Tailscale knows at the address it comes from. */
export function createCheckIdentity(options: CheckIdentityOptions): CheckIdentity {
  const { tailscale, userOf, tailscaleUid, trouble } = options;
  return async (vouch, far) => {
    try {
      if (vouch?.is !== "tailscale" || vouch.login === null || vouch.for === null) return "unknown";
      if (!/^[0-9a-f.:]+$/i.test(vouch.for)) return "unknown";
      if (userOf !== null && (await userOf(far)) !== tailscaleUid) return "unknown";
      const login = await (await tailscale()).whois(vouch.for);
      return login.toLowerCase() === vouch.login.toLowerCase() ? "same" : "another";
    } catch (error) {
      trouble(error);
      return "unknown";
    }
  };
}
