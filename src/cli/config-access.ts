/** The config by way of the gateway that runs on it, or by the same code where none does. */
import type { Result } from "#protocol";
import type { Scope } from "#protocol/access.ts";
import { setting } from "#src/config/environment.ts";
import { type AskFlags, openClient } from "./ask.ts";
import { CliError, exits } from "./exit.ts";
import type { Terminal } from "./terminal.ts";

/** What a write says, as far as a person is told of it. */
export type ConfigWrite = Pick<
  Result<"config.patch">,
  "path" | "hash" | "changed" | "applied" | "needsRestart" | "warnings"
>;

export interface ConfigAccess extends AsyncDisposable {
  /** Whether a gateway answers, so that a change can count at once. */
  readonly live: boolean;
  get(): Promise<Result<"config.get">>;
  schema(): Promise<Record<string, unknown>>;
  patch(patch: unknown, baseHash: string | undefined): Promise<ConfigWrite>;
}

export async function openConfig(
  flags: AskFlags,
  terminal: Terminal,
  scopes: readonly Scope[],
): Promise<ConfigAccess> {
  const { env } = terminal;
  const { surroundings } = await import("./surroundings.ts");
  const named = [flags.url, setting(env, "GATEWAY_URL"), setting(env, "GATEWAY_PORT")];
  // The default port may be another profile's gateway; only one that holds this state knows this config.
  const around = surroundings(terminal, flags.profile);
  const isNamed = named.some((each) => each !== undefined) || around.named?.(flags.gateway) != null;
  const isHeld = isNamed || around.holder() !== null;
  if (!isHeld) return await onFile(flags.profile, terminal);
  try {
    return await overTheWire(flags, terminal, scopes);
  } catch (cause) {
    // What a gateway said of itself may have outlived it.
    if (!(cause instanceof CliError) || cause.exit !== exits.notRunning) throw cause;
    return await onFile(flags.profile, terminal);
  }
}

async function overTheWire(
  flags: AskFlags,
  terminal: Terminal,
  scopes: readonly Scope[],
): Promise<ConfigAccess> {
  const client = await openClient(flags, terminal, { scopes });
  return {
    live: true,
    get: () => client.call("config.get"),
    schema: async () => (await client.call("config.schema")).schema,
    patch: (patch, baseHash) =>
      client.call("config.patch", {
        raw: JSON.stringify(patch),
        ...(baseHash === undefined ? {} : { baseHash }),
      }),
    [Symbol.asyncDispose]: () => client[Symbol.asyncDispose](),
  };
}

async function onFile(profile: string | undefined, terminal: Terminal): Promise<ConfigAccess> {
  const { env } = terminal;
  const { locationsFor } = await import("./surroundings.ts");
  const { configPath, configTarget } = locationsFor(env, profile);
  return {
    live: false,
    async get() {
      const { configSnapshot } = await import("#src/config/snapshot.ts");
      return configSnapshot(configPath, env);
    },
    async schema() {
      const { configJsonSchema } = await import("#src/config/schema-view.ts");
      return configJsonSchema();
    },
    async patch(patch, baseHash) {
      const { writeConfig } = await import("#src/config/write.ts");
      const { resolveGateway } = await import("#src/config/gateway.ts");
      const { changed, loaded } = writeConfig(
        { method: "config.patch", raw: JSON.stringify(patch), baseHash },
        {
          path: configPath,
          target: configTarget,
          env,
          judge: (next) => {
            if (next.config.gateway.mode === "local") resolveGateway(next.config, next.env, {});
          },
          overTheWire: false,
        },
      );
      const { path, hash, warnings } = loaded;
      return { path, hash, changed, applied: [], needsRestart: [], warnings };
    },
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
}
