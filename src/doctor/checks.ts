/** What `moltbot doctor` looks at. Nothing here writes a byte. */
import {
  accessSync,
  constants,
  existsSync,
  lstatSync,
  readdirSync,
  readFileSync,
  statfsSync,
  statSync,
} from "node:fs";
import { join } from "node:path";
import { type Environment, isSet } from "#src/config/environment.ts";
import type { Locations } from "#src/config/paths.ts";
import { isPrivateFile } from "#src/config/state-dir.ts";
import { portHolder } from "#src/store/port-holder.ts";
import { checkBonjour } from "./check-bonjour.ts";
import { checkConfig } from "./check-config.ts";
import { checkSecretFiles } from "./check-secret-files.ts";
import { checkService, type ServiceFacts } from "./check-service.ts";
import { checkStore } from "./check-store.ts";
import { checkTls } from "./check-tls.ts";
import type { Checked, Say } from "./finding.ts";
import { isOpen, judgeMode } from "./open-to-others.ts";

/** What the gateway says of itself; null where none runs. */
export interface Patient {
  version: string;
  problems: readonly { id: string; message: string }[];
  /** Of the certificate that it shows; null without TLS. */
  tlsFingerprint: string | null;
}

export interface Surveyed {
  locations: Locations;
  env: Environment;
  /** Of this executable. */
  version: string;
  /** When it was built; null from source. */
  builtAt: string | null;
  gateway: Patient | null;
  /** Why a gateway that seems to run does not answer; null otherwise. */
  unreachable: string | null;
  /** What the command line says of the file of named gateways. */
  gatewaysFile: readonly Checked[];
  /** Null where no supervisor can be asked. */
  service: ServiceFacts | null;
  say: Say;
  now: () => number;
}

const leastFreeBytes = 100 * 1_048_576;

export async function examine(survey: Surveyed): Promise<Checked[]> {
  const { locations, env, gateway, say } = survey;
  const { stateDir, configPath } = locations;
  const config = checkConfig(configPath, env, say);
  const { reached } = config;
  const shown = gateway?.tlsFingerprint ?? null;
  const outside = (): Checked[] =>
    reached === null
      ? []
      : [
          ...checkTls({ reached, stateDir, configPath, shown, home: env.HOME, now: survey.now(), say }),
          checkBonjour(reached, isSet(env, "DISABLE_BONJOUR"), say),
        ];
  return [
    ...checkStateDir(stateDir, say),
    ...checkSecretFiles(stateDir, say),
    ...survey.gatewaysFile,
    checkDisk(stateDir, say),
    ...config.checked,
    checkStore(stateDir, say),
    ...checkGateway(survey, reached?.port ?? null),
    checkService(survey.service, say),
    ...outside(),
    checkLog(locations, say),
    checkClock(survey),
    ...config.model,
  ];
}

function checkStateDir(stateDir: string, say: Say): Checked[] {
  if (!existsSync(stateDir)) {
    const message = say(
      `${stateDir} does not exist yet; the first start makes it`,
      `${stateDir} 尚不存在；首次启动时创建`,
    );
    return [{ id: "state-dir", verdict: "ok", message }];
  }
  const state = statSync(stateDir);
  if (!state.isDirectory()) {
    const hint = say("name a directory with MOLTBOT_STATE_DIR", "请用 MOLTBOT_STATE_DIR 指定目录");
    return [
      {
        id: "state-dir",
        verdict: "fail",
        message: say(`${stateDir} is not a directory`, `${stateDir} 不是目录`),
        hint,
      },
    ];
  }
  if (process.getuid !== undefined && state.uid !== process.getuid()) {
    const message = say(
      `${stateDir} belongs to user ${state.uid}, not to the one who runs this`,
      `${stateDir} 属于用户 ${state.uid}，而非当前用户`,
    );
    const hint = say(
      "run moltbot as that user, or name a directory of your own with MOLTBOT_STATE_DIR",
      "请以该用户运行 moltbot，或用 MOLTBOT_STATE_DIR 指定自己的目录",
    );
    return [{ id: "state-dir", verdict: "fail", message, hint }];
  }
  try {
    accessSync(stateDir, constants.W_OK);
  } catch {
    const message = say(`${stateDir} cannot be written`, `${stateDir} 无法写入`);
    const hint = say("make it writable: the disk may be read-only", "请使其可写：磁盘可能是只读的");
    return [{ id: "state-dir", verdict: "fail", message, hint }];
  }
  const found: Checked[] = [judgeMode("state-dir", stateDir, state.mode, 0o700, say)];
  const open = readdirSync(stateDir)
    .filter(isPrivateFile)
    .map((name) => ({ path: join(stateDir, name), state: lstatSync(join(stateDir, name)) }))
    .filter(({ state: each }) => each.isFile() && isOpen(each.mode));
  if (open.length === 0) {
    found.push({
      id: "state-files",
      verdict: "ok",
      message: say("what lies there is its owner's alone", "其中的文件仅所有者可访问"),
    });
  }
  for (const { path, state: each } of open) found.push(judgeMode("state-files", path, each.mode, 0o600, say));
  return found;
}

function checkDisk(stateDir: string, say: Say): Checked {
  let directory = stateDir;
  while (!existsSync(directory)) directory = join(directory, "..");
  const { bavail, bsize } = statfsSync(directory);
  const free = bavail * bsize;
  const megabytes = Math.floor(free / 1_048_576);
  const message = say(
    `${megabytes} MB are free where ${stateDir} lies`,
    `${stateDir} 所在磁盘剩余 ${megabytes} MB`,
  );
  if (free >= leastFreeBytes) return { id: "disk", verdict: "ok", message };
  return {
    id: "disk",
    verdict: free === 0 ? "fail" : "warn",
    message,
    hint: say("make room on the disk", "请清理磁盘空间"),
  };
}

function checkGateway({ gateway, unreachable, version, say }: Surveyed, port: number | null): Checked[] {
  if (gateway !== null) {
    const found: Checked[] = gateway.problems.map(({ id, message }) => ({
      id: `health.${id}`,
      verdict: "warn",
      message,
    }));
    const message = say(`a gateway runs as ${gateway.version}`, `网关正以 ${gateway.version} 运行`);
    if (gateway.version === version) return [{ id: "gateway", verdict: "ok", message }, ...found];
    const hint = say("restart the gateway", "请重启网关");
    return [
      {
        id: "gateway",
        verdict: "warn",
        message: say(`${message}, this is ${version}`, `${message}，本程序为 ${version}`),
        hint,
      },
      ...found,
    ];
  }
  if (unreachable !== null) {
    const hint = say("see why: moltbot logs", "查看原因：moltbot logs");
    return [{ id: "gateway", verdict: "fail", message: unreachable, hint }];
  }
  const holder = port === null ? null : portHolder(port);
  if (holder !== null) {
    const message = say(
      `no gateway runs, and port ${port} is in use by ${holder.name} (pid ${holder.pid})`,
      `没有网关在运行，端口 ${port} 被 ${holder.name}（pid ${holder.pid}）占用`,
    );
    const hint = say(
      "end that program, or choose another port: moltbot config set gateway.port NUMBER",
      "请结束该程序，或换一个端口：moltbot config set gateway.port NUMBER",
    );
    return [{ id: "gateway", verdict: "fail", message, hint }];
  }
  return [
    {
      id: "gateway",
      verdict: "warn",
      message: say("no gateway runs", "没有网关在运行"),
      hint: say("start it: moltbot gateway", "启动：moltbot gateway"),
    },
  ];
}

function checkLog({ logFile }: Locations, say: Say): Checked {
  if (!existsSync(logFile))
    return { id: "log", verdict: "ok", message: say("nothing has been logged yet", "尚无日志") };
  const text = tailOf(logFile);
  const errors = text.split("\n").filter((line) => /"logLevelName":"(ERROR|FATAL)"/.test(line)).length;
  const message = say(
    `${errors} errors in the last lines of ${logFile}`,
    `${logFile} 末尾有 ${errors} 个错误`,
  );
  if (errors === 0)
    return {
      id: "log",
      verdict: "ok",
      message: say(`no error in the last lines of ${logFile}`, `${logFile} 末尾没有错误`),
    };
  return {
    id: "log",
    verdict: "warn",
    message,
    hint: say("read them: moltbot logs --level error", "查看：moltbot logs --level error"),
  };
}

function tailOf(path: string): string {
  const bytes = readFileSync(path);
  return bytes.subarray(Math.max(0, bytes.length - 100_000)).toString("utf8");
}

function checkClock({ builtAt, now, say }: Surveyed): Checked {
  const time = new Date(now()).toISOString();
  const message = say(`the clock says ${time}`, `时钟显示 ${time}`);
  if (builtAt === null || now() >= Date.parse(builtAt)) return { id: "clock", verdict: "ok", message };
  const hint = say("set the clock: signatures and certificates go by it", "请校准时钟：签名和证书依赖它");
  return {
    id: "clock",
    verdict: "fail",
    message: say(`${message}, which is before this was built`, `${message}，早于本程序的构建时间`),
    hint,
  };
}
