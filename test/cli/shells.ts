import type { Shell } from "#src/cli/completion-tree.ts";

/** Why tests in this shell cannot run here, or null. Where everything is required, a missing shell is an error. */
export function missingShell(shell: Shell): string | null {
  if (Bun.which(shell) !== null) return null;
  const reason = `no ${shell} on this machine`;
  if (process.env.MOLTBOT_TEST_REQUIRE_ALL === "1") throw new Error(reason);
  console.warn(`completion tests are skipped: ${reason}`);
  return reason;
}
