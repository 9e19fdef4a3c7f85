import { expect, test } from "bun:test";
import { fakeTerminal } from "../../test/cli/fake-terminal.ts";
import { type BannerFacts, banner } from "./banner.ts";

const facts: BannerFacts = {
  version: "1.0.0",
  target: "linux-x64",
  readyMs: 180,
  url: "http://127.0.0.1:18789/",
  port: 18_789,
  addresses: ["127.0.0.1", "::1"],
  stateDir: "/home/ann/.local/state/moltbot",
  isNew: true,
  model: null,
  keyVariable: null,
  chats: [],
  channels: ["telegram"],
  tlsFingerprint: null,
  opening: true,
};
const home = { HOME: "/home/ann", USER: "ann" };

test("the first start: the page, where the data lies, who answers, how to stop", () => {
  expect(banner(facts, fakeTerminal({ env: home }))).toBe(
    [
      "moltbot 1.0.0 (linux-x64) · ready in 0.2 s",
      "",
      "  Chat   http://127.0.0.1:18789/   (opening in your browser)",
      "  Data   ~/.local/state/moltbot   created, private to you",
      "  Model  none yet: a built-in helper answers, it is not an AI",
      "         add one in the page, or:  moltbot model add",
      "  Chats  none connected: moltbot channels add telegram",
      "",
      "  Only this computer can connect.  Stop: Ctrl-C.  Keep it running: moltbot service install",
      "",
    ].join("\n"),
  );
});

test("a later start with a model: only the facts", () => {
  const later = { ...facts, isNew: false, opening: false, model: "local/qwen", chats: ["Telegram"] };
  expect(banner(later, fakeTerminal({ env: home }))).toBe(
    [
      "moltbot 1.0.0 (linux-x64) · ready in 0.2 s",
      "",
      "  Chat   http://127.0.0.1:18789/",
      "  Data   ~/.local/state/moltbot",
      "  Model  local/qwen",
      "  Chats  Telegram",
      "",
      "  Only this computer can connect.  Stop: Ctrl-C.  Keep it running: moltbot service install",
      "",
    ].join("\n"),
  );
});

test("a key of the gateway's own environment is named, never shown", () => {
  const keyed = { ...facts, model: "anthropic/claude", keyVariable: "ANTHROPIC_API_KEY" };
  expect(banner(keyed, fakeTerminal({ env: home }))).toContain(
    "\n  Model  anthropic/claude   (key: ANTHROPIC_API_KEY)\n",
  );
});

test("with TLS: the fingerprint that a client on another computer pins", () => {
  const tls = { ...facts, url: "https://127.0.0.1:18789/", tlsFingerprint: "AA:BB" };
  const shown = banner(tls, fakeTerminal({ env: home }));
  expect(shown).toContain(
    "\n  Chat   https://127.0.0.1:18789/   (opening in your browser)\n  TLS    SHA-256 AA:BB\n",
  );
});

test("over SSH: the tunnel that brings the page to the person's computer, ready to copy", () => {
  const env = { ...home, SSH_CONNECTION: "203.0.113.9 50122 192.0.2.7 22" };
  const shown = banner({ ...facts, opening: false }, fakeTerminal({ env }));
  expect(shown).toContain("  Chat   open this on your computer: http://127.0.0.1:18789/\n");
  expect(shown).toContain("first, on your computer: ssh -N -L 18789:127.0.0.1:18789 ann@192.0.2.7\n");
  const other = { ...home, SSH_CONNECTION: "203.0.113.9 50122 192.0.2.7 2222" };
  expect(banner({ ...facts, port: 19_000, opening: false }, fakeTerminal({ env: other }))).toContain(
    "ssh -N -L 19000:127.0.0.1:19000 -p 2222 ann@192.0.2.7\n",
  );
});

test("in Chinese, and nothing but Chinese", () => {
  const shown = banner(facts, fakeTerminal({ env: { ...home, LANG: "zh_CN.UTF-8" } }));
  expect(shown).toContain("聊天  http://127.0.0.1:18789/   （正在浏览器中打开）");
  expect(shown).toContain("只有本机可以连接。  停止：Ctrl-C。  保持运行：moltbot service install");
  expect(shown).toContain("平台  尚未连接：moltbot channels add telegram");
  expect(shown).not.toMatch(/\b(Chats?|Data|Model|ready|Stop|none|or|Keep)\b/);
});

test("what listens beyond this machine is said", () => {
  const lan = { ...facts, addresses: ["192.168.1.10", "127.0.0.1"] };
  const shown = banner(lan, fakeTerminal({ env: home }));
  expect(shown).toContain("Listens on 192.168.1.10; whoever connects needs the secret.");
  expect(shown).not.toContain("Only this computer");
});

test("at most twelve lines, and colour only where it is taken", () => {
  const env = { ...home, SSH_CONNECTION: "203.0.113.9 50122 192.0.2.7 22" };
  const most = { ...facts, tlsFingerprint: "AA:BB" };
  expect(banner(most, fakeTerminal({ env })).split("\n").length).toBeLessThanOrEqual(12);
  expect(banner(facts, fakeTerminal({ env }))).not.toContain("\u001b[");
  expect(banner(facts, fakeTerminal({ env, stdout: true }))).toContain("\u001b[1m");
});

test("where the last line does not fit, each of its facts has one of its own", () => {
  const lines = (columns: number) =>
    banner({ ...facts, opening: false }, { ...fakeTerminal({ env: home }), columns }).split("\n");
  expect(lines(89).at(-2)).toEndWith("Keep it running: moltbot service install");
  expect(lines(89).slice(-4, -1)).toEqual([
    "  Only this computer can connect.",
    "  Stop: Ctrl-C.",
    "  Keep it running: moltbot service install",
  ]);
  expect(Math.max(...lines(80).map((line) => Bun.stringWidth(line)))).toBeLessThanOrEqual(80);
});
