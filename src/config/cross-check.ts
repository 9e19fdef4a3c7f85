import { policyProblem, resolvePolicy } from "#src/channels/policy.ts";
import { toFingerprint } from "#src/lib/fingerprint.ts";
import type { Sentence } from "#src/lib/sentence.ts";
import type { Findings } from "./check.ts";
import { type Finding, type Path, showPath } from "./finding.ts";
import type { ObjectNode, Place, TreeNode } from "./json5-tree.ts";
import { isAddressOrNetwork, isIpv4 } from "./network.ts";
import { type Config, ConfigSchema } from "./schema.ts";

/** What a schema cannot say: values that must agree with one another, and settings that this build only reads. */
export function crossCheck(config: Config, root: ObjectNode, findings: Findings): void {
  const at = (path: Path): Place => placeOf(root, path);
  const problem = (path: Path, { en: message, zh }: Sentence) =>
    findings.problems.push({ path, message, zh, place: at(path) });
  const warning = (path: Path, { en: message, zh }: Sentence) =>
    findings.warnings.push({ path, message, zh, place: at(path) });

  checkNetwork(config, problem);
  checkAgents(config, problem, warning);
  checkChannels(config, problem, warning);
  if (config.session.mainKey !== "main") {
    warning(["session", "mainKey"], {
      en: `session.mainKey is always "main"; another value is ignored`,
      zh: `session.mainKey 总是“main”，其他值会被忽略`,
    });
    config.session.mainKey = "main";
  }
}

type Say = (path: Path, said: Sentence) => void;

function checkNetwork({ gateway }: Config, problem: Say): void {
  const host = gateway.customBindHost;
  if (host !== undefined && !isIpv4(host)) {
    problem(["gateway", "customBindHost"], {
      en: `gateway.customBindHost must be an IPv4 address, not "${host}"`,
      zh: `gateway.customBindHost 必须是 IPv4 地址，而不是“${host}”`,
    });
  }
  if (gateway.bind === "custom" && host === undefined) {
    problem(["gateway", "bind"], {
      en: "gateway.bind custom needs gateway.customBindHost",
      zh: "gateway.bind 为 custom 时需要 gateway.customBindHost",
    });
  }
  gateway.trustedProxies.forEach((proxy, index) => {
    const path = ["gateway", "trustedProxies", index];
    if (!isAddressOrNetwork(proxy)) {
      problem(path, {
        en: `${showPath(path)} must be an IP address or a network such as 10.0.0.0/8, not "${proxy}"`,
        zh: `${showPath(path)} 必须是 IP 地址或网段（如 10.0.0.0/8），而不是“${proxy}”`,
      });
    }
  });
  gateway.hosts.forEach((name, index) => {
    const path = ["gateway", "hosts", index];
    if (!/^[A-Za-z0-9._-]+$|^\[[0-9A-Fa-f:.]+\]$/.test(name)) {
      problem(path, {
        en: `${showPath(path)} must be a host name without scheme and port, not "${name}"`,
        zh: `${showPath(path)} 必须是不带协议和端口的主机名，而不是“${name}”`,
      });
    }
  });
  const pin = gateway.remote?.tlsFingerprint;
  if (pin !== undefined && toFingerprint(pin) === null) {
    const path = ["gateway", "remote", "tlsFingerprint"];
    problem(path, {
      en: `${showPath(path)} must be the SHA-256 of a certificate, 64 hex digits, not "${pin}"`,
      zh: `${showPath(path)} 必须是证书的 SHA-256（64 位十六进制），而不是“${pin}”`,
    });
  }
  gateway.controlUi.allowedOrigins.forEach((origin, index) => {
    const path = ["gateway", "controlUi", "allowedOrigins", index];
    if (!isOrigin(origin)) {
      problem(path, {
        en: `${showPath(path)} must be an origin such as https://chat.example.com, not "${origin}"`,
        zh: `${showPath(path)} 必须是来源，例如 https://chat.example.com，而不是“${origin}”`,
      });
    }
  });
}

function isOrigin(text: string): boolean {
  const url = URL.parse(text);
  return (
    url !== null && /^https?:$/.test(url.protocol) && url.origin === text.toLowerCase().replace(/\/$/, "")
  );
}

function checkAgents({ agents, bindings }: Config, problem: Say, warning: Say): void {
  const ids = new Set<string>();
  agents.list.forEach(({ id }, index) => {
    const path = ["agents", "list", index, "id"];
    if (ids.has(id.toLowerCase()))
      problem(path, {
        en: `two agents have the id "${id}"; give each its own`,
        zh: `有两个智能体的 id 都是“${id}”；请各用各的`,
      });
    ids.add(id.toLowerCase());
  });
  bindings.forEach(({ agentId }, index) => {
    if (agentId.toLowerCase() === "main" || ids.has(agentId.toLowerCase())) return;
    const path = ["bindings", index, "agentId"];
    warning(path, {
      en: `no agent in agents.list has the id "${agentId}"; the default agent answers there`,
      zh: `agents.list 中没有 id 为“${agentId}”的智能体，由默认智能体应答`,
    });
  });
}

/** A policy that lets everybody in must say so twice; what nobody here connects is said, too. */
function checkChannels(config: Config, problem: Say, warning: Say): void {
  const known = new Set(Object.keys(ConfigSchema.properties.channels.properties));
  for (const [id, section] of Object.entries(config.channels)) {
    if (id === "defaults") continue;
    if (!known.has(id)) {
      warning(["channels", id], {
        en: `this version has no channel "${id}"; its settings are kept, and nothing connects`,
        zh: `此版本没有渠道“${id}”；设置会保留，但不会连接`,
      });
      continue;
    }
    for (const account of ["", ...Object.keys(section.accounts ?? {})]) {
      const wrong = policyProblem(resolvePolicy(config, id, account));
      if (wrong === null) continue;
      const path = ["channels", id, ...(account === "" ? [] : ["accounts", account]), "dmPolicy"];
      const at = showPath(path.slice(0, -1));
      problem(path, { en: `${at}: ${wrong.en}`, zh: `${at}：${wrong.zh}` });
    }
  }
}

/** Keys of older layouts and where they belong today. */
const moved: Record<string, string> = {
  agent: "agents.defaults",
  identity: "agents.list[].identity",
  routing: "bindings, messages and session",
  telegram: "channels.telegram",
  whatsapp: "channels.whatsapp",
  discord: "channels.discord",
  slack: "channels.slack",
  signal: "channels.signal",
  imessage: "channels.imessage",
  msteams: "channels.msteams",
};

export function legacyFindings(root: ObjectNode): Finding[] {
  const found: Finding[] = [];
  for (const [key, entry] of root.entries) {
    const place = Object.hasOwn(moved, key) ? moved[key] : undefined;
    if (place === undefined) continue;
    found.push({
      path: [key],
      message: `${key} is ignored: it belongs under ${place} today`,
      zh: `${key} 会被忽略：它现在属于 ${place}`,
      place: entry.keyAt,
    });
  }
  return found;
}

/** The spot of a path, or of the nearest level above it that the file has. */
function placeOf(root: ObjectNode, path: Path): Place {
  let place = root.at;
  let node: TreeNode | undefined = root;
  for (const step of path) {
    if (node?.kind === "object") {
      const entry = node.entries.get(String(step));
      if (entry === undefined) return place;
      place = entry.keyAt;
      node = entry.node;
    } else if (node?.kind === "array") {
      node = node.items[Number(step)];
      if (node !== undefined) place = node.at;
    }
  }
  return place;
}
