import { X509Certificate } from "node:crypto";
import { existsSync, readFileSync, statSync } from "node:fs";
import { homedir } from "node:os";
import { dirname, isAbsolute, join } from "node:path";
import { fingerprintOf } from "#src/lib/fingerprint.ts";
import type { Reached } from "./check-config.ts";
import type { Checked, Say } from "./finding.ts";

export interface TlsSurvey {
  reached: Reached;
  stateDir: string;
  configPath: string;
  /** What the gateway that runs shows; null where none does, or it speaks plain HTTP. */
  shown: string | null;
  home: string | undefined;
  now: number;
  say: Say;
}

const dayMs = 86_400_000;
const soonDays = 30;

/** The certificate that a start would serve: its end, who can read its key, and whether clients see this one. */
export function checkTls({ reached, stateDir, configPath, shown, home, now, say }: TlsSurvey): Checked[] {
  const { tls } = reached;
  if (tls === null) return [];
  const place = (path: string) => {
    const expanded = path.replace(/^~(?=$|[/\\])/, () => home ?? homedir());
    return isAbsolute(expanded) ? expanded : join(dirname(configPath), expanded);
  };
  const generated = tls === "generated";
  const certPath = generated ? join(stateDir, "tls.crt") : place(tls.certPath);
  const keyPath = generated ? join(stateDir, "tls.key") : place(tls.keyPath);
  if (generated && !existsSync(certPath)) {
    const message = say("the next start makes a certificate", "下次启动时会生成证书");
    return [{ id: "tls-certificate", verdict: "ok", message }];
  }
  return [...checkCertificate(certPath, shown, now, say), ...checkKey(keyPath, generated, say)];
}

function checkCertificate(path: string, shown: string | null, now: number, say: Say): Checked[] {
  const id = "tls-certificate";
  let certificate: X509Certificate;
  try {
    certificate = new X509Certificate(readFileSync(path));
  } catch {
    const message = say(`${path} holds no certificate that can be read`, `${path} 中没有可读取的证书`);
    const hint = say(
      "put one there; or remove gateway.tls.certPath and keyPath, and one is made",
      "请放入证书；或移除 gateway.tls.certPath 与 keyPath 以自动生成",
    );
    return [{ id, verdict: "fail", message, hint }];
  }
  const end = Date.parse(certificate.validTo);
  const day = new Date(end).toISOString().slice(0, 10);
  const days = Math.floor((end - now) / dayMs);
  const renew = say(
    "restart the gateway, which renews its own; another's is put there anew",
    "重启网关可更新自动生成的证书；其他证书请自行替换",
  );
  const found: Checked[] = [];
  if (days < 0) {
    const message = say(
      `the certificate ended on ${day}, and clients refuse it`,
      `证书已于 ${day} 过期，客户端会拒绝`,
    );
    found.push({ id, verdict: "fail", message, hint: renew });
  } else if (days < soonDays) {
    found.push({
      id,
      verdict: "warn",
      message: say(`the certificate ends on ${day}`, `证书将于 ${day} 过期`),
      hint: renew,
    });
  } else {
    found.push({
      id,
      verdict: "ok",
      message: say(`the certificate is good until ${day}`, `证书有效期至 ${day}`),
    });
  }
  const pin = fingerprintOf(certificate.raw);
  if (shown === null) return found;
  const isShown = shown === pin;
  found.push({
    id: "tls-pin",
    verdict: isShown ? "ok" : "warn",
    message: isShown
      ? say(`the gateway shows this certificate: ${pin}`, `网关出示的正是此证书：${pin}`)
      : say(`the gateway shows ${shown}, but ${path} is ${pin}`, `网关出示 ${shown}，而 ${path} 是 ${pin}`),
    ...(isShown
      ? {}
      : {
          hint: say(
            "restart the gateway; clients that pin it need the new one",
            "请重启网关；固定指纹的客户端需要新的指纹",
          ),
        }),
  });
  return found;
}

function checkKey(path: string, generated: boolean, say: Say): Checked[] {
  // A file of our own is looked at with the others of the state directory.
  if (generated || !existsSync(path) || process.platform === "win32") return [];
  const id = "tls-key";
  const from = statSync(path).mode & 0o777;
  if ((from & 0o077) === 0) {
    return [{ id, verdict: "ok", message: say(`${path} is its owner's alone`, `${path} 仅所有者可访问`) }];
  }
  // A group may be meant: certbot's keys are read by one.
  const to = from & 0o770;
  const isWorld = (from & 0o007) !== 0;
  return [
    {
      id,
      verdict: isWorld ? "fail" : "warn",
      message: say(
        `${path} is open to other users (mode ${from.toString(8)})`,
        `其他用户可访问 ${path}（权限 ${from.toString(8)}）`,
      ),
      hint: `chmod ${to.toString(8)} '${path}'`,
      ...(isWorld ? { fix: { is: "mode" as const, path, from, to } } : {}),
    },
  ];
}
