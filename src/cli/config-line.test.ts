import { expect, test } from "bun:test";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { loadConfig } from "#src/config/load.ts";
import { configLines } from "./config-line.ts";

const text = `{
  chanels: {},
  $include: "./more.json5",
  zzzzzzzz: 1,
  session: { scope: "everyone" },
  agents: { defaults: { timeoutSeconds: 0.5 }, list: [{ name: "" }] },
  messages: [],
  logging: { level: "info", level: "warn" },
}`;

function linesOf(language: "en" | "zh"): string[] {
  const folder = mkdtempSync(join(tmpdir(), "moltbot-config-line-"));
  const path = join(folder, "moltbot.json");
  try {
    writeFileSync(path, text);
    writeFileSync(join(folder, "more.json5"), "{\n  sesion: {},\n}");
    return configLines(loadConfig({ path, env: {} }).findings, "moltbot.json", language);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

test("every finding says where it is, what is wrong, what was meant and what is off", () => {
  expect(linesOf("en")).toEqual([
    'line 2: unknown key "chanels" – did you mean "channels"? (ignored)',
    'line 4: unknown key "zzzzzzzz" (ignored)',
    'line 5: session.scope must be one of per-sender, global, not "everyone" – session is OFF until fixed',
    "line 6: agents.defaults.timeoutSeconds must be a whole number not below 1, not 0.5 – agents is OFF until fixed",
    "line 6: agents.list[0].id is missing – agents is OFF until fixed",
    "line 6: agents.list[0].name must be text that is not empty, not an empty text – agents is OFF until fixed",
    "line 7: messages must be an object, not a list – messages is OFF until fixed",
    "line 8: logging.level is written twice; the last one counts",
    'more.json5 line 2: unknown key "sesion" – did you mean "session"? (ignored)',
  ]);
});

test("in Chinese, and nothing but Chinese beside the names", () => {
  const shown = linesOf("zh");
  expect(shown).toContain("第 2 行：未知的键“chanels”，是否想写“channels”？（已忽略）");
  expect(shown).toContain("第 7 行：messages 必须是对象，而不是列表；修正之前停用 messages");
  for (const line of shown) expect(line).not.toMatch(/\b(line|must|not|unknown|is|the|until)\b/);
});
