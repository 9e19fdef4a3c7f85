import { Type } from "@sinclair/typebox";
import { words } from "#protocol/primitives.ts";
import { block, flag, maybe, section, text, texts, whole, withDefault } from "./schema-parts.ts";

const day = 86_400_000;

const ControlUi = section(
  {
    enabled: withDefault(flag, true, "serve the page"),
    basePath: withDefault(
      Type.String({ pattern: "^(/[A-Za-z0-9._~-]+)*/?$" }),
      "",
      'the path under which the page lies, such as "/moltbot"',
    ),
    allowedOrigins: withDefault(texts, [], "foreign origins whose pages may connect"),
    allowInsecureAuth: withDefault(flag, false, "let the page in over plain HTTP with the secret alone"),
    root: maybe(text, "a directory with another page (read by other versions)"),
  },
  "the page in the browser",
);

const Auth = section(
  {
    mode: maybe(
      words("none", "token", "password", "trusted-proxy"),
      "what a client must bring; derived where absent",
    ),
    token: maybe(text, "the secret of mode token, or a reference to one that is kept elsewhere"),
    tokenFile: maybe(text, "a file that holds it"),
    password: maybe(text, "the secret of mode password, or a reference to one that is kept elsewhere"),
    passwordFile: maybe(text, "a file that holds it"),
    trustedProxy: maybe(
      block({
        userHeader: maybe(text, "the header in which the proxy names who has logged in there"),
        requiredHeaders: withDefault(texts, [], "headers that the proxy always sends besides"),
        allowUsers: withDefault(texts, [], "who may come in; all whom the proxy names where empty"),
        allowLoopback: withDefault(flag, false, "believe a proxy on this machine"),
      }),
      "how the proxies of mode trusted-proxy name their users",
    ),
    allowTailscale: maybe(flag, "accept the identity that `tailscale serve` vouches for"),
    rateLimit: section(
      {
        maxAttempts: withDefault(whole(1), 10, "failures that lock a source out"),
        windowMs: withDefault(whole(1, day), 60_000, "the span in which failures are counted"),
        lockoutMs: withDefault(whole(1, day), 300_000, "how long a source stays locked out"),
        exemptLoopback: withDefault(flag, true, "never lock this machine out"),
      },
      "the brake on wrong secrets",
    ),
  },
  "who may connect",
);

const Endpoint = block({ enabled: withDefault(flag, false, "serve it") });

const Limits = Type.Unsafe<Record<string, unknown>>({ type: "object", additionalProperties: true });

const Http = section(
  {
    endpoints: section(
      {
        chatCompletions: maybe(Endpoint, "POST /v1/chat/completions"),
        responses: maybe(
          block({
            enabled: withDefault(flag, false, "serve it"),
            maxBodyBytes: withDefault(whole(1), 20_971_520, "the largest request"),
            files: maybe(Limits, "limits on files"),
            images: maybe(Limits, "limits on images"),
          }),
          "POST /v1/responses",
        ),
        metrics: maybe(
          Endpoint,
          "GET /metrics, for Prometheus; asks for the gateway's secret where there is one",
        ),
      },
      "endpoints that are off unless switched on",
    ),
  },
  "HTTP beside the WebSocket",
);

const Tls = block({
  enabled: withDefault(flag, false, "serve TLS"),
  autoGenerate: withDefault(flag, true, "make a certificate where none is named"),
  certPath: maybe(text, "certificate, PEM"),
  keyPath: maybe(text, "private key, PEM"),
  caPath: maybe(text, "certificates that lead to its authority, PEM"),
});

const Remote = block({
  url: maybe(text, "the gateway that clients on this machine use"),
  transport: maybe(words("ssh", "direct"), "how they reach it"),
  token: maybe(text, "its token"),
  password: maybe(text, "its password"),
  tlsFingerprint: maybe(text, "the certificate that is expected, SHA-256"),
  sshTarget: maybe(text, "user@host"),
  sshIdentity: maybe(text, "key file"),
});

const Nodes = block({
  browser: maybe(
    block({
      mode: withDefault(words("auto", "manual", "off"), "auto", "whether a node's browser is used"),
      node: maybe(text, "which node"),
    }),
    "the browser of a node",
  ),
  allowCommands: maybe(texts, "commands allowed beyond the platform's list"),
  denyCommands: maybe(texts, "commands refused"),
  commands: maybe(
    block({ allow: maybe(texts, "allowed"), deny: maybe(texts, "refused") }),
    "the same, newer",
  ),
  pairing: maybe(
    block({
      autoApproveLocal: maybe(flag, "approve nodes of this machine"),
      autoApproveCidrs: maybe(texts, "approve nodes from these networks"),
      sshVerify: maybe(flag, "verify by SSH"),
    }),
    "pairing of nodes",
  ),
});

/** Everything that decides who gets in and what the wire does; a mistake here ends the start. */
export const Gateway = section(
  {
    port: withDefault(whole(1, 65_535), 18_789, "TCP port"),
    mode: withDefault(
      words("local", "remote"),
      "local",
      "run the gateway here, or use the one at remote.url",
    ),
    bind: withDefault(
      words("auto", "lan", "loopback", "custom", "tailnet"),
      "loopback",
      "which addresses to listen on",
    ),
    customBindHost: maybe(text, "the IPv4 address of bind custom"),
    hosts: withDefault(texts, [], "further host names under which browsers may reach the gateway"),
    controlUi: ControlUi,
    auth: Auth,
    trustedProxies: withDefault(
      texts,
      [],
      "addresses or CIDR networks whose forwarding headers are believed",
    ),
    tailscale: section(
      {
        mode: withDefault(words("off", "serve", "funnel"), "off", "publish by tailscale"),
        resetOnExit: withDefault(flag, false, "withdraw it at the end"),
      },
      "publishing by tailscale",
    ),
    remote: maybe(Remote, "the gateway elsewhere, for clients on this machine"),
    reload: section(
      {
        mode: withDefault(
          words("off", "restart", "hot", "hybrid"),
          "hybrid",
          "what a change of the file does: nothing, all waits for a restart, or what can counts at once (hot, hybrid)",
        ),
        debounceMs: withDefault(whole(0, 60_000), 300, "how long the file must be still"),
      },
      "reacting to changes of this file",
    ),
    tls: maybe(Tls, "TLS on the gateway's port"),
    http: Http,
    nodes: maybe(Nodes, "devices that offer commands"),
    handshakeTimeoutMs: withDefault(whole(10, 600_000), 10_000, "within which `connect` must arrive"),
    pingIntervalMs: withDefault(whole(10, day), 25_000, "ping; two unanswered end the connection"),
    tickIntervalMs: withDefault(whole(10, day), 30_000, "the tick event"),
    presenceIntervalMs: withDefault(whole(0, 60_000), 250, "at most one presence event in this span"),
    healthIntervalMs: withDefault(whole(100, day), 60_000, "how often health is measured and sent"),
    shutdownGraceMs: withDefault(whole(0, 60_000), 4_000, "how long a stop waits for runs and answers"),
    maxPayloadBytes: withDefault(whole(1_024, 16_777_216), 524_288, "the largest frame taken"),
    maxBufferedBytes: withDefault(whole(1_024, 67_108_864), 1_572_864, "events waiting for one slow client"),
    crashBrake: withDefault(words("on", "off"), "on", "after repeated crashes start with channels off"),
  },
  "the gateway itself",
);
