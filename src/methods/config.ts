import type { Params, Result } from "#protocol";
import type { ConfigRestart } from "#protocol/domains/config.ts";
import type { LiveConfig, ReloadReport } from "#src/config/live.ts";
import { redacted } from "#src/config/redact.ts";
import type { WrittenConfig } from "#src/config/write.ts";
import type { Log } from "#src/lib/log.ts";
import type { Caller, DomainHandlers } from "./handler.ts";
import type { WriteLimit } from "./write-limit.ts";

export interface ConfigRoom {
  live: LiveConfig;
  /** What `config.get` answers, read now. */
  snapshot: () => Result<"config.get">;
  limit: WriteLimit;
  log: Log;
  version: string;
  now: () => number;
}

type Write = "config.set" | "config.patch" | "config.apply";

export function configHandlers(room: ConfigRoom): DomainHandlers<"config"> {
  const { live, limit, log, version, now } = room;
  let schema: Promise<Result<"config.schema">> | null = null;

  async function write(method: Write, { raw, baseHash }: Params<Write>, caller: Caller, note?: string) {
    limit(caller.principal);
    const written = await live.write({ method, raw, baseHash });
    const { changed, loaded } = written;
    if (changed) log.info("config written", { method, by: caller.client.id, path: loaded.path, note });
    return written;
  }

  async function writeAndTell(
    method: "config.patch" | "config.apply",
    params: Params<"config.apply">,
    caller: Caller,
  ): Promise<Result<"config.apply">> {
    const written = await write(method, params, caller, params.note);
    const { sessionKey, note } = params;
    return {
      ...toResult(written),
      restart: restartFor(written),
      sentinel: {
        path: null,
        payload: {
          kind: "config-apply",
          status: "ok",
          ts: now(),
          ...(sessionKey === undefined ? {} : { sessionKey }),
          message: note ?? null,
          doctorHint: "moltbot config validate",
          stats: { mode: method, root: written.loaded.path },
        },
      },
    };
  }

  async function describe(): Promise<Result<"config.schema">> {
    const { configJsonSchema, configUiHints } = await import("#src/config/schema-view.ts");
    return {
      schema: configJsonSchema(),
      uiHints: configUiHints(),
      version,
      generatedAt: new Date(now()).toISOString(),
    };
  }

  return {
    "config.get": () => room.snapshot(),
    "config.schema": () => {
      schema ??= describe();
      return schema;
    },
    "config.set": async ({ params, caller }) => toResult(await write("config.set", params, caller)),
    "config.patch": ({ params, caller }) => writeAndTell("config.patch", params, caller),
    "config.apply": ({ params, caller }) => writeAndTell("config.apply", params, caller),
  };
}

function toResult(written: WrittenConfig & ReloadReport): Result<"config.set"> {
  const { loaded, changed, applied, needsRestart } = written;
  return {
    ok: true,
    path: loaded.path,
    config: redacted(loaded.config, loaded.references),
    hash: loaded.hash,
    changed,
    applied: [...applied],
    needsRestart: [...needsRestart],
    warnings: [...loaded.warnings],
  };
}

function restartFor({ needsRestart }: ReloadReport): ConfigRestart | null {
  if (needsRestart.length === 0) return null;
  return { ok: false, pid: process.pid, reason: `restart the gateway for: ${needsRestart.join(", ")}` };
}
