/** Environment variables, handed in rather than read from the process. */
export type Environment = Readonly<Record<string, string | undefined>>;

const prefixes = ["MOLTBOT_", "CLAWDBOT_", "OPENCLAW_"] as const;

/** A setting from the environment by its name without prefix; an empty value counts as absent. */
export function setting(env: Environment, name: string): string | undefined {
  for (const prefix of prefixes) {
    const value = env[prefix + name]?.trim();
    if (value) return value;
  }
  return undefined;
}

/** Whether a switch such as `MOLTBOT_SKIP_CHANNELS` is on. */
export function isSet(env: Environment, name: string): boolean {
  return /^(1|true|yes|on)$/i.test(setting(env, name) ?? "");
}
