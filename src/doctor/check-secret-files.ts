import { secretFiles } from "#src/config/secrets.ts";
import type { Checked, Say } from "./finding.ts";
import { isOpen, judgeMode } from "./open-to-others.ts";

/** Who can read the files of `${secret:NAME}`; nothing where there are none. */
export function checkSecretFiles(stateDir: string, say: Say): Checked[] {
  const id = "secret-files";
  const files = secretFiles(stateDir);
  const open = files.filter(({ mode }) => isOpen(mode));
  if (open.length > 0) return open.map(({ path, mode }) => judgeMode(id, path, mode, 0o600, say));
  if (files.length === 0) return [];
  return [{ id, verdict: "ok", message: say("secrets are their owner's alone", "密钥文件仅所有者可访问") }];
}
