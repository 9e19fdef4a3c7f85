import type { LanguageName, Translation } from "./language.ts";

const en = {
  secretTitle: "One more step",
  secretWanted: "This Moltbot is protected: enter its secret to open it.",
  secretWrong: "That secret is not right; check it and enter it again.",
  secretLabel: "Secret",
  secretHint: "It is kept in this browser tab only.",
  unlock: "Open",
  pairingTitle: "Waiting to be let in",
  pairing:
    "This Moltbot does not know this browser yet: its owner lets it in with one click in their own page, or with this command on its computer.",
  pairingThen: "This page goes on by itself.",
  outdatedTitle: "This page is out of date",
  refusedTitle: "Moltbot did not let this page in",
  insecureTitle: "This address is not safe enough",
  insecure:
    "Over plain HTTP from another computer the browser withholds the cryptography this page needs, and others on the network could read along.",
  insecureTunnel: "Open a tunnel from your computer (put in your user name there):",
  insecureThen: "Then open this address, while the tunnel runs:",
  insecureTls: "Or reach Moltbot over HTTPS: set gateway.tls.enabled to true in its config and restart it.",
};

const zh: Translation<typeof en> = {
  secretTitle: "还差一步",
  secretWanted: "这个 Moltbot 受到保护：请输入密钥以打开。",
  secretWrong: "密钥不正确，请检查后重新输入。",
  secretLabel: "密钥",
  secretHint: "只保存在当前浏览器标签页中。",
  unlock: "打开",
  pairingTitle: "等待批准",
  pairing: "这个 Moltbot 还不认识此浏览器：所有者可以在自己的页面中点击批准，或在其电脑上运行以下命令。",
  pairingThen: "批准后此页面会自动继续。",
  outdatedTitle: "页面版本已过期",
  refusedTitle: "Moltbot 没有允许此页面连接",
  insecureTitle: "这个地址不够安全",
  insecure:
    "从另一台电脑通过普通 HTTP 打开时，浏览器不提供本页面所需的加密功能，网络上的其他人也可能看到内容。",
  insecureTunnel: "请在您的电脑上打开隧道（换成您在那台电脑上的用户名）：",
  insecureThen: "隧道运行期间，打开这个地址：",
  insecureTls: "或者通过 HTTPS 访问 Moltbot：在其配置中将 gateway.tls.enabled 设为 true 并重启。",
};

/** What is said to somebody who is not let in yet. */
export const doorwayTexts: Record<LanguageName, Translation<typeof en>> = { en, zh };
