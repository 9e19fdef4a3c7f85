import type { Role } from "#protocol/access.ts";
import type { PairingReason } from "#protocol/domains/devices.ts";
import type { ErrorCode } from "#protocol/errors.ts";
import type { Generation } from "#protocol/version.ts";
import type { DeviceRecord } from "#src/devices/store.ts";
import { GatewayError } from "#src/lib/errors.ts";
import type { AdmissionRules, Refusal } from "./admission.ts";

/** Whom a refusal speaks to; today's clients show the texts, and match on some. */
export interface Addressee {
  generation: Generation;
  mode: AdmissionRules["mode"];
  client: { id: string; mode: string };
  /** It has a live token of its own, which it did not send. */
  couldSendDeviceToken: boolean;
  retryAfterMs: number;
}

type Told = [code: ErrorCode, message: string, details: Record<string, unknown>];

/** The error that a client reads when it is not let in; a wrong proof has words of its own. */
export function toError(why: Exclude<Refusal, "proof">, to: Addressee): GatewayError {
  const [code, message, details] = tell(why, to);
  const wait = why === "locked" ? { retryAfterMs: to.retryAfterMs } : {};
  return new GatewayError(code, message, { details, ...wait });
}

function tell(why: Exclude<Refusal, "proof">, to: Addressee): Told {
  switch (why) {
    case "host":
    case "origin":
      return originRefused(why);
    case "locked":
      return [
        "INVALID_REQUEST",
        "unauthorized: too many failed authentication attempts (retry later)",
        { code: "AUTH_RATE_LIMITED", authReason: "rate_limited", recommendedNextStep: "wait_then_retry" },
      ];
    case "revoked":
      return stop(
        "this device's access was revoked on the gateway; make a new link there (moltbot pair), or let it ask anew (moltbot devices remove)",
      );
    case "rejected":
      return stop(
        "the owner turned this device away; make a link on the gateway (moltbot pair), or ask again later",
      );
    case "device-required":
      return deviceRequired(to);
    case "link-invalid":
      return [
        "INVALID_REQUEST",
        "unauthorized: bootstrap token invalid or expired (make a new link on the gateway: moltbot pair)",
        {
          code: "AUTH_BOOTSTRAP_TOKEN_INVALID",
          authReason: "bootstrap_token_invalid",
          canRetryWithDeviceToken: false,
          recommendedNextStep: "update_auth_credentials",
        },
      ];
    case "device-token-mismatch":
      return [
        "INVALID_REQUEST",
        "unauthorized: device token mismatch (rotate/reissue device token)",
        {
          code: "AUTH_DEVICE_TOKEN_MISMATCH",
          authReason: "device_token_mismatch",
          canRetryWithDeviceToken: false,
          recommendedNextStep: "update_auth_credentials",
        },
      ];
    case "tailscale-missing":
    case "tailscale-headers":
    case "tailscale-unknown":
    case "tailscale-mismatch":
      return tailscaleRefused(why);
    case "proxy-user-missing":
    case "proxy-user-refused":
      return proxyRefused(why);
    case "secret-unset":
    case "secret-missing":
    case "secret-mismatch":
      return secretRefused(why, to);
  }
}

function originRefused(why: "host" | "origin"): Told {
  const fix = why === "host" ? "gateway.hosts" : "gateway.controlUi.allowedOrigins";
  return [
    "INVALID_REQUEST",
    `origin not allowed (open the Control UI from the gateway host or allow it in ${fix})`,
    { code: "CONTROL_UI_ORIGIN_NOT_ALLOWED", reason: "origin not allowed" },
  ];
}

/** Not by itself wrong, but nothing that the client does will help. */
function stop(remediationHint: string): Told {
  return [
    "NOT_PAIRED",
    "pairing required",
    {
      code: "PAIRING_REQUIRED",
      reason: "not-paired",
      remediationHint,
      recommendedNextStep: "review_auth_configuration",
      retryable: false,
      pauseReconnect: true,
    },
  ];
}

function deviceRequired({ client, mode, generation }: Addressee): Told {
  if (client.id.endsWith("control-ui")) {
    const message =
      generation === 3
        ? "control ui requires HTTPS or localhost (secure context)"
        : "control ui requires device identity (use HTTPS or localhost secure context)";
    const code = "CONTROL_UI_DEVICE_IDENTITY_REQUIRED";
    const details = { code, recommendedNextStep: "review_auth_configuration" };
    return ["INVALID_REQUEST", message, details];
  }
  return [
    "NOT_PAIRED",
    "device identity required",
    {
      code: "DEVICE_IDENTITY_REQUIRED",
      recommendedNextStep: mode === "none" ? "update_auth_configuration" : "review_auth_configuration",
      remediationHint:
        mode === "none"
          ? "connect as the gateway's own user on its own host, or with a paired device, or set gateway.auth.token there and bring it"
          : "from another host a client brings a device identity beside the secret; through an SSH tunnel the secret is enough",
    },
  ];
}

const tailscaleRefusals = {
  "tailscale-missing": ["identity missing", "IDENTITY_MISSING", "tailscale_user_missing"],
  "tailscale-headers": ["proxy headers missing", "PROXY_MISSING", "tailscale_proxy_missing"],
  "tailscale-unknown": ["identity check failed", "WHOIS_FAILED", "tailscale_whois_failed"],
  "tailscale-mismatch": ["identity mismatch", "IDENTITY_MISMATCH", "tailscale_user_mismatch"],
} as const;

function tailscaleRefused(why: keyof typeof tailscaleRefusals): Told {
  const [what, code, authReason] = tailscaleRefusals[why];
  const way = why === "tailscale-headers" ? "Tailscale Serve" : "Tailscale Serve auth";
  return [
    "INVALID_REQUEST",
    `unauthorized: tailscale ${what} (use ${way} or gateway token/password)`,
    {
      code: `AUTH_TAILSCALE_${code}`,
      authReason,
      canRetryWithDeviceToken: false,
      recommendedNextStep: "review_auth_configuration",
    },
  ];
}

function proxyRefused(why: "proxy-user-missing" | "proxy-user-refused"): Told {
  const isMissing = why === "proxy-user-missing";
  return [
    "INVALID_REQUEST",
    isMissing
      ? "unauthorized: identity header required (come through the proxy that gateway.trustedProxies names)"
      : "unauthorized: verified user required (add the user to gateway.auth.trustedProxy.allowUsers)",
    {
      code: isMissing ? "AUTH_IDENTITY_HEADER_REQUIRED" : "AUTH_VERIFIED_USER_REQUIRED",
      authReason: isMissing ? "trusted_proxy_user_missing" : "trusted_proxy_user_not_allowed",
      canRetryWithDeviceToken: false,
      recommendedNextStep: "review_auth_configuration",
    },
  ];
}

function secretRefused(why: "secret-unset" | "secret-missing" | "secret-mismatch", to: Addressee): Told {
  const kind = to.mode === "password" ? "password" : "token";
  const word = kind.toUpperCase();
  const failure =
    why === "secret-unset" ? "missing_config" : why === "secret-missing" ? "missing" : "mismatch";
  const what =
    why === "secret-unset"
      ? `not configured on gateway (set gateway.auth.${kind})`
      : `${failure} (${hint(kind, to.client)})`;
  const canRetryWithDeviceToken = why === "secret-mismatch" && to.couldSendDeviceToken;
  return [
    "INVALID_REQUEST",
    `unauthorized: gateway ${kind} ${what}`,
    {
      code: why === "secret-unset" ? `AUTH_${word}_NOT_CONFIGURED` : `AUTH_${word}_${failure.toUpperCase()}`,
      authReason: `${kind}_${failure}`,
      canRetryWithDeviceToken,
      recommendedNextStep: canRetryWithDeviceToken
        ? "retry_with_device_token"
        : why === "secret-mismatch"
          ? "update_auth_credentials"
          : "update_auth_configuration",
    },
  ];
}

/** The way out that fits who is asking. */
function hint(kind: "token" | "password", client: Addressee["client"]): string {
  if (client.id === "cli" || client.mode === "cli") {
    return `set gateway.remote.${kind} to match gateway.auth.${kind}`;
  }
  if (client.id.endsWith("control-ui") || client.mode === "webchat") {
    return kind === "token"
      ? "open a tokenized dashboard URL or paste token in Control UI settings"
      : "enter the password in Control UI settings";
  }
  return `provide gateway auth ${kind}`;
}

const whyAsked: Record<PairingReason, string> = {
  "not-paired": "device is not approved yet",
  "role-upgrade": "device is asking for a higher role than currently approved",
  "scope-upgrade": "device is asking for more scopes than currently approved",
};

export interface Waiting {
  generation: Generation;
  /** Null where too many wait already. */
  requestId: string | null;
  reason: PairingReason;
  deviceId: string;
  role: Role;
  scopes: readonly string[];
  record: DeviceRecord | null;
}

/** What a client reads that has to wait for approval, and the reason of its close: it may try again by itself. */
export function toWaiting(waiting: Waiting): { error: GatewayError; closeReason: string } {
  const { generation, requestId, reason, deviceId, record } = waiting;
  const message = generation === 3 ? "pairing required" : `pairing required: ${whyAsked[reason]}`;
  const hintText =
    requestId === null
      ? "too many devices wait for approval; approve or reject some on the gateway: moltbot devices list"
      : `approve it on the gateway host: moltbot devices approve ${requestId}`;
  const live = record?.grants.filter(({ revokedAt }) => revokedAt === null) ?? [];
  const details = {
    code: "PAIRING_REQUIRED",
    reason,
    ...(requestId === null ? {} : { requestId }),
    remediationHint: hintText,
    deviceId,
    requestedRole: waiting.role,
    requestedScopes: waiting.scopes,
    ...(live.length === 0
      ? {}
      : {
          approvedRoles: live.map(({ role }) => role),
          approvedScopes: live.find(({ role }) => role === waiting.role)?.scopes ?? [],
        }),
    recommendedNextStep: "wait_then_retry",
    retryable: true,
    pauseReconnect: false,
  };
  const isPlain = generation === 3 || requestId === null;
  return {
    error: new GatewayError("NOT_PAIRED", message, { details }),
    closeReason: isPlain ? message : `${message} (requestId: ${requestId})`,
  };
}
