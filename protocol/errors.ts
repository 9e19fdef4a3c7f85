interface ErrorMeaning {
  /** Whether the same request may work later without a change. */
  retryable: boolean;
  means: string;
}

/** Every code that the gateway puts into an error answer. Clients also match on the message texts. */
export const errorCodes = {
  INVALID_REQUEST: {
    retryable: false,
    means: "The frame or its params break the contract; the message names the field.",
  },
  FORBIDDEN: {
    retryable: false,
    means: "The caller's scopes do not cover the method (generation 4; generation 3 hears INVALID_REQUEST).",
  },
  NOT_PAIRED: {
    retryable: false,
    means: "The caller has to prove who it is before it is let in.",
  },
  UNAVAILABLE: {
    retryable: true,
    means: "The gateway cannot do this now; trying again may work, after retryAfterMs where given.",
  },
} as const satisfies Record<string, ErrorMeaning>;

export type ErrorCode = keyof typeof errorCodes;

interface CloseMeaning {
  code: number;
  /** The reason on the wire; "…" stands for a text that varies. */
  reason: string;
  reconnect: boolean;
  means: string;
}

/** Every way in which the gateway ends a socket. */
export const closes = {
  "not-json": { code: 1000, reason: "", reconnect: true, means: "The first frame was not JSON." },
  "handshake-timeout": {
    code: 1000,
    reason: "",
    reconnect: true,
    means: "No connect arrived within gateway.handshakeTimeoutMs (10 s).",
  },
  "not-a-request": {
    code: 1008,
    reason: "invalid request frame",
    reconnect: false,
    means: "The first frame was JSON but not a request.",
  },
  "not-connect": {
    code: 1008,
    reason: "invalid handshake: first request must be connect",
    reconnect: false,
    means: "The first request was another method.",
  },
  refused: {
    code: 1008,
    reason: "…",
    reconnect: false,
    means: "connect was refused; the reason repeats the error's message, cut to 120 bytes.",
  },
  "protocol-mismatch": {
    code: 1002,
    reason: "protocol mismatch",
    reconnect: false,
    means: "The client's range of protocol versions has none that is served; details say which are.",
  },
  "slow-consumer": {
    code: 1008,
    reason: "slow consumer",
    reconnect: true,
    means: "Events that must not be missed waited for this client beyond policy.maxBufferedBytes.",
  },
  "too-many-requests": {
    code: 1008,
    reason: "too many unanswered requests",
    reconnect: true,
    means: "The client went on sending after it was told to wait.",
  },
  invalidated: {
    code: 4001,
    reason: "…",
    reconnect: true,
    means:
      "What the session was let in with holds no more: a device or its token was removed, revoked or rotated, or the gateway's secret changed. Connecting again says whether another way is open.",
  },
  "too-large": {
    code: 1009,
    reason: "…",
    reconnect: false,
    means: "A frame over policy.maxPayload, or over 64 KiB before hello-ok.",
  },
  "service-restart": {
    code: 1012,
    reason: "service restart",
    reconnect: true,
    means: "The gateway stops or restarts; a shutdown event went before.",
  },
} as const satisfies Record<string, CloseMeaning>;

export type CloseName = keyof typeof closes;
