import type { Role, Scope } from "#protocol/access.ts";
import type { ConnectParams } from "#protocol/domains/connect.ts";
import type { PairingReason } from "#protocol/domains/devices.ts";
import type { Generation } from "#protocol/version.ts";
import type { Pairing } from "#src/devices/pairing.ts";
import { type ProofFailure, verifyProof } from "#src/devices/proof.ts";
import { createSpentSignatures } from "#src/devices/spent-signatures.ts";
import type { Applicant, DeviceRecord, Told } from "#src/devices/store.ts";
import { GatewayError } from "#src/lib/errors.ts";
import {
  type Admission,
  type AdmissionRules,
  admit,
  type Method,
  type Standing,
  type Visit,
  within,
} from "./admission.ts";
import { type AuthRules, offeredSecrets, recognise } from "./auth.ts";
import type { Introduction } from "./handshake.ts";
import type { CheckIdentity } from "./identity-check.ts";
import type { Limiter } from "./limiter.ts";
import type { PageLinks } from "./page-links.ts";
import { toError, toWaiting } from "./refusals.ts";
import type { SameUser } from "./same-user.ts";
import { countedAs, limitedAs } from "./trust.ts";

/** A client that has introduced itself. */
export interface Knock {
  params: ConnectParams;
  role: Role;
  scopes: readonly Scope[];
  generation: Generation;
  socket: Introduction;
}

export type Verdict =
  | {
      admitted: true;
      by: Method;
      scopes: readonly Scope[];
      record: DeviceRecord | null;
      /** The device's live token, told again at every visit; or what our page keeps once its link is used up. */
      token: { text: string; issuedAt: number } | null;
    }
  | { admitted: false; error: GatewayError; closeReason?: string };

/** Lets in, or says why not: a promise only where that hangs on a look at the system, or on a write. Never throws. */
export type Door = (knock: Knock) => Verdict | Promise<Verdict>;

export interface DoorOptions {
  now: () => number;
  auth: AuthRules;
  rules: AdmissionRules;
  pairing: Pairing;
  pageLinks: PageLinks;
  limiter: Limiter;
  sameUser: SameUser;
  checkIdentity: CheckIdentity;
  shed: (cause: string) => void;
  /** Told when judging itself failed; whoever was judged stays out. */
  trouble: (error: unknown) => void;
}

/** Gathers what a decision depends on, has it made, and carries it out. */
export function createDoor(options: DoorOptions): Door {
  const { auth, rules, pairing, pageLinks, limiter, now } = options;
  const spent = createSpentSignatures();

  function knock(from: Knock): Verdict | Promise<Verdict> {
    try {
      const proved = prove(from);
      const first = decide(from, proved, unlooked);
      if (first.admission.is !== "looking") return guard(carryOut(from, proved, first));
      return guard(look(from, proved, first).then((decided) => carryOut(from, proved, decided)));
    } catch (error) {
      return denied(error);
    }
  }

  function guard(verdict: Verdict | Promise<Verdict>): Verdict | Promise<Verdict> {
    return verdict instanceof Promise ? verdict.catch(denied) : verdict;
  }

  function denied(error: unknown): Verdict {
    options.trouble(error);
    if (error instanceof GatewayError) return { admitted: false, error };
    const message = "the gateway could not judge this connection; see its log (moltbot logs)";
    return { admitted: false, error: new GatewayError("UNAVAILABLE", message, { retryAfterMs: 1_000 }) };
  }

  /** Looks at the system for as long as the decision hangs on it: each thing once. */
  async function look(from: Knock, proved: Proved, first: Decided): Promise<Decided> {
    const { request, peerPort } = from.socket;
    const far = { address: request.peer, port: peerPort };
    let seen: Seen = unlooked;
    let decided = first;
    for (let looks = 0; decided.admission.is === "looking" && looks < 2; looks++) {
      if (decided.admission.at === "user") seen = { ...seen, sameUser: await options.sameUser(far) };
      else seen = { ...seen, identity: await options.checkIdentity(request.vouch ?? null, far) };
      decided = decide(from, proved, seen);
    }
    return decided;
  }

  /** Once a connection: a signature without a nonce is spent by it. */
  function prove({ params, role, generation, socket }: Knock): Proved {
    const { device, client, auth: given } = params;
    if (device === undefined) return { proof: "none" };
    const verdict = verifyProof(
      device,
      {
        clientId: client.id,
        clientMode: client.mode,
        role,
        scopes: params.scopes ?? [],
        token: given?.token ?? given?.deviceToken ?? given?.bootstrapToken ?? "",
        platform: client.platform,
        deviceFamily: client.deviceFamily ?? "",
      },
      { ...socket, now: now(), generation },
    );
    if ("code" in verdict) return { proof: "invalid", failure: verdict };
    if (device.nonce === undefined && !spent.spend(device.signature, now())) {
      return { proof: "invalid", failure: spentSignature };
    }
    const applicant: Applicant = {
      ...verdict,
      told: toldBy(client),
      remoteIp: socket.local ? null : socket.request.peer,
    };
    return { proof: "valid", applicant };
  }

  /** Reads everything anew, since much may change while the door looks. */
  function decide({ params, role, scopes, socket }: Knock, proved: Proved, seen: Seen): Decided {
    const deviceId = proved.proof === "valid" ? proved.applicant.deviceId : null;
    const record = deviceId === null ? null : pairing.find(deviceId);
    const who = record === null ? countedAs(socket.request, socket.browser) : `device ${record.deviceId}`;
    const lockedForMs = limiter.lockedForMs(who);
    const credential = recognise(params.auth, auth, {
      opensPage: (offered) => pageLinks.recognise(offered) !== null,
      holdsToken: (offered) => record !== null && pairing.holdsToken(record, role, offered),
      linkOf: pairing.linkOf,
    });
    const visit: Visit = {
      via: "websocket",
      request: socket.request,
      ...seen,
      credential,
      proof: proved.proof,
      device: deviceId === null ? null : standingOf(record, pairing.isRejected(deviceId)),
      role,
      scopes,
      isLocked: lockedForMs > 0,
    };
    return { admission: admit(visit, rules), record, who, lockedForMs };
  }

  function carryOut(from: Knock, proved: Proved, decided: Decided): Verdict | Promise<Verdict> {
    const { admission, record } = decided;
    switch (admission.is) {
      case "admitted":
        if (record !== null && proved.proof === "valid") {
          pairing.noteVisit(record, proved.applicant, from.role, admission.by === "device-token");
        }
        return admitted(from, admission.by, admission.scopes, record);
      case "pairing":
        return proved.proof === "valid" ? pair(from, proved.applicant, decided, admission) : unproved();
      case "asking":
        return proved.proof === "valid" ? ask(from, proved.applicant, record, admission.reason) : unproved();
      case "refused":
        return refuse(from, proved, decided, admission);
      case "looking":
        throw new Error("the door looked and still does not know");
    }
  }

  function admitted(
    { params, role }: Knock,
    by: Method,
    scopes: readonly Scope[],
    record: DeviceRecord | null,
  ): Verdict {
    const forPage = by === "page" ? pageLinks.exchange(offeredSecrets(params.auth)) : null;
    const own = record === null ? null : pairing.tokenOf(record, role);
    const kept = forPage === null ? null : { text: forPage, issuedAt: now() };
    return { admitted: true, by, scopes, record, token: own ?? kept };
  }

  async function pair(
    from: Knock,
    applicant: Applicant,
    decided: Decided,
    { how, by, approve }: Admission & { is: "pairing" },
  ): Promise<Verdict> {
    const { role, params } = from;
    const record =
      how === "local"
        ? await pairing.pairSilently(applicant, role, approve)
        : await pairing.redeem(linkAmong(params.auth), applicant);
    if (record === null) {
      limiter.failed(decided.who);
      return { admitted: false, error: toError("link-invalid", addressee(from, decided)) };
    }
    const approved = record.grants.find((grant) => grant.role === role)?.scopes ?? [];
    return admitted(from, by, within(from.scopes, new Set(approved)), record);
  }

  function linkAmong(given: ConnectParams["auth"]): string {
    const offered = [given?.bootstrapToken ?? "", given?.token ?? ""];
    return offered.find((each) => each !== "" && pairing.linkOf(each) !== null) ?? "";
  }

  function ask(
    { role, scopes, generation, socket }: Knock,
    applicant: Applicant,
    record: DeviceRecord | null,
    reason: PairingReason,
  ): Verdict {
    const source = limitedAs(socket.request);
    const { requestId } = pairing.ask({ applicant, role, scopes, reason, record, source });
    const { deviceId } = applicant;
    const waiting = toWaiting({ generation, requestId, reason, deviceId, role, scopes, record });
    return { admitted: false, ...waiting };
  }

  function refuse(
    from: Knock,
    proved: Proved,
    decided: Decided,
    { why, counts }: Admission & { is: "refused" },
  ): Verdict {
    if (counts) limiter.failed(decided.who);
    if (why === "locked") options.shed("locked-out");
    if (why !== "proof") return { admitted: false, error: toError(why, addressee(from, decided)) };
    if (proved.proof !== "invalid") return unproved();
    const { message, code, reason } = proved.failure;
    return {
      admitted: false,
      error: new GatewayError("INVALID_REQUEST", message, { details: { code, reason } }),
    };
  }

  function addressee({ generation, params, role }: Knock, { record, lockedForMs }: Decided) {
    return {
      generation,
      mode: rules.mode,
      client: params.client,
      couldSendDeviceToken:
        params.auth?.deviceToken === undefined && record !== null && pairing.tokenOf(record, role) !== null,
      retryAfterMs: lockedForMs,
    };
  }

  return knock;
}

type Proved =
  | { proof: "none" }
  | { proof: "invalid"; failure: ProofFailure }
  | { proof: "valid"; applicant: Applicant };

type Seen = Pick<Visit, "sameUser" | "identity">;

const unlooked: Seen = { sameUser: "unasked", identity: "unasked" };

interface Decided {
  admission: Admission;
  record: DeviceRecord | null;
  /** By whom wrong credentials are counted. */
  who: string;
  lockedForMs: number;
}

const spentSignature: ProofFailure = {
  message: "device signature expired",
  code: "DEVICE_AUTH_SIGNATURE_EXPIRED",
  reason: "device-signature-stale",
};
const longestLabel = 128;

function unproved(): never {
  throw new Error("a device without a proof was taken for one");
}

function standingOf(record: DeviceRecord | null, isRejected: boolean): Standing {
  const grants = record?.grants.map(({ role, scopes, revokedAt }) => ({
    role,
    scopes,
    isRevoked: revokedAt !== null,
  }));
  return { grants: grants ?? null, isRejected };
}

/** What people see of a client: short, and without anything that a terminal would obey. */
function toldBy({ displayName, platform, deviceFamily, id, mode }: ConnectParams["client"]): Told {
  const labels = { displayName, platform, deviceFamily, clientId: id, clientMode: mode };
  const told = Object.entries(labels).flatMap(([name, text]) => {
    const clean = text
      ?.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, "")
      .trim()
      .slice(0, longestLabel);
    return clean === undefined || clean === "" ? [] : [[name, clean.toWellFormed()]];
  });
  return Object.fromEntries(told) as Told;
}
