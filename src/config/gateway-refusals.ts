import type { Sentence } from "#src/lib/sentence.ts";

/** Why the gateway does not start with these settings, and what to do. */
export const refusals = {
  isRemote: {
    en: "gateway.mode is remote: this machine uses a gateway elsewhere; set gateway.mode to local to run one here",
    zh: "gateway.mode 为 remote：本机使用别处的网关；要在本机运行，请将 gateway.mode 设为 local",
  },
  openDoor: (address: string, bind: string): Sentence => {
    const give = `moltbot gateway --bind ${bind} --token SECRET`;
    return {
      en: `listening on ${address} without a secret would let anyone in; give one: ${give} (or set MOLTBOT_GATEWAY_TOKEN, or gateway.auth.token)`,
      zh: `在 ${address} 上监听而不设密钥，任何人都能进入；请给出密钥：${give}（或设置 MOLTBOT_GATEWAY_TOKEN 或 gateway.auth.token）`,
    };
  },
  publishedTwice: (mode: string, address: string): Sentence => ({
    en: `gateway.tailscale.mode ${mode} brings the tailnet to the loopback address, but the gateway listens on ${address} too; set gateway.bind to loopback`,
    zh: `gateway.tailscale.mode ${mode} 会把 tailnet 接到回环地址，但网关还在 ${address} 上监听；请将 gateway.bind 设为 loopback`,
  }),
  openFunnel: {
    en: "gateway.tailscale.mode funnel opens the gateway to the whole internet, so it needs gateway.auth.mode password and gateway.auth.password; for your own tailnet set gateway.tailscale.mode to serve",
    zh: "gateway.tailscale.mode funnel 会把网关开放给整个互联网，因此需要 gateway.auth.mode 为 password 并设置 gateway.auth.password；只供自己的 tailnet 使用时，请将 gateway.tailscale.mode 设为 serve",
  },
  halfCertificate: (has: string, lacks: string): Sentence => ({
    en: `gateway.tls.${has} needs gateway.tls.${lacks}; give both, or neither`,
    zh: `gateway.tls.${has} 需要 gateway.tls.${lacks}；请两者都给出，或都不给`,
  }),
  noCertificate: {
    en: "gateway.tls.enabled is true, but there is no certificate; give gateway.tls.certPath and keyPath, or set gateway.tls.autoGenerate to true",
    zh: "gateway.tls.enabled 为 true，但没有证书；请给出 gateway.tls.certPath 和 keyPath，或将 gateway.tls.autoGenerate 设为 true",
  },
  badPort: (where: string, given: string): Sentence => ({
    en: `${where} must be a whole number from 0 to 65535, not "${given}"`,
    zh: `${where} 必须是 0 到 65535 的整数，而不是“${given}”`,
  }),
  badBind: (where: string, binds: readonly string[], given: string): Sentence => ({
    en: `${where} must be one of ${binds.join(", ")} or an IPv4 address, not "${given}"`,
    zh: `${where} 必须是 ${binds.join("、")} 之一或 IPv4 地址，而不是“${given}”`,
  }),
  noAddress: {
    en: "bind custom needs an address: --bind 192.168.1.10",
    zh: "bind 为 custom 时需要地址：--bind 192.168.1.10",
  },
  excludes: (one: string, other: string): Sentence => ({
    en: `${one} and ${other} exclude each other; give one of them`,
    zh: `${one} 和 ${other} 不能同时给出；请只给其中一个`,
  }),
  noProxy: {
    en: 'gateway.auth.mode is trusted-proxy, but no proxy is trusted; name its address: gateway.trustedProxies ["10.0.0.2"]',
    zh: 'gateway.auth.mode 为 trusted-proxy，但没有受信任的代理；请写出其地址：gateway.trustedProxies ["10.0.0.2"]',
  },
  noUserHeader: {
    en: 'gateway.auth.mode is trusted-proxy, but nothing says where the proxy names the user; name the header: gateway.auth.trustedProxy.userHeader "x-forwarded-user"',
    zh: 'gateway.auth.mode 为 trusted-proxy，但没有指明代理用哪个标头给出用户；请写出标头：gateway.auth.trustedProxy.userHeader "x-forwarded-user"',
  },
  loopbackProxy: {
    en: "gateway.trustedProxies names this machine alone, where every program could pretend to be the proxy; if no other program runs here, set gateway.auth.trustedProxy.allowLoopback to true",
    zh: "gateway.trustedProxies 只写了本机，而本机的任何程序都可以冒充代理；若此处没有其他程序运行，请将 gateway.auth.trustedProxy.allowLoopback 设为 true",
  },
  noSecret: (mode: string, name: string): Sentence => ({
    en: `gateway.auth.mode is ${mode}, but there is no ${mode}; give one: moltbot gateway --${mode} SECRET (or set MOLTBOT_GATEWAY_${name}, or gateway.auth.${mode})`,
    zh: `gateway.auth.mode 为 ${mode}，但没有给出密钥；请给出：moltbot gateway --${mode} SECRET（或设置 MOLTBOT_GATEWAY_${name} 或 gateway.auth.${mode}）`,
  }),
  empty: (flag: string): Sentence => ({ en: `${flag} must not be empty`, zh: `${flag} 不能为空` }),
} as const;
