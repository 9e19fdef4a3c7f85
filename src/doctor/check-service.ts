import type { Checked, Say } from "./finding.ts";

/** How the system's supervisor stands to this gateway. */
export interface ServiceFacts {
  kind: "launchd" | "systemd";
  file: string;
  installed: boolean;
  /** Whether the file says what this executable would write. */
  current: boolean;
  running: boolean;
  /** What it last ended with; null where it runs or the supervisor does not tell. */
  lastExit: number | null;
  /** The program that the file starts; null where it cannot be told. */
  program: string | null;
  /** Whether that program is there. */
  programExists: boolean;
  /** The file of Homebrew's service; null where there is none. */
  homebrew: string | null;
}

/** Whether what keeps the gateway running is right; null facts where there is no supervisor that is known. */
export function checkService(facts: ServiceFacts | null, say: Say): Checked {
  const id = "service";
  if (facts === null) {
    return {
      id,
      verdict: "skipped",
      message: say("launchd or systemd cannot be asked here", "此处无法查询 launchd 或 systemd"),
    };
  }
  const { kind, file, installed, current, running, lastExit, program, programExists, homebrew } = facts;
  if (installed && homebrew !== null) {
    return {
      id,
      verdict: "fail",
      message: say(
        `both ${file} and Homebrew's ${homebrew} want to run the gateway`,
        `${file} 与 Homebrew 的 ${homebrew} 都要运行网关`,
      ),
      hint: say(
        "keep one: brew services stop moltbot, or moltbot service uninstall",
        "只保留一个：brew services stop moltbot 或 moltbot service uninstall",
      ),
    };
  }
  if (homebrew !== null) {
    return {
      id,
      verdict: "ok",
      message: say(`Homebrew runs it (${homebrew})`, `由 Homebrew 运行（${homebrew}）`),
    };
  }
  if (!installed) {
    const message = say("it is not installed as a service", "未安装为服务");
    return { id, verdict: "ok", message };
  }
  const again = say("put it right: moltbot service install", "修复：moltbot service install");
  if (program !== null && !programExists) {
    const message = say(
      `${file} starts ${program}, which is not there`,
      `${file} 要启动的 ${program} 不存在`,
    );
    return { id, verdict: "fail", message, hint: again };
  }
  if (!current) {
    const message = say(`${file} is not what this version writes`, `${file} 与此版本写入的内容不同`);
    return { id, verdict: "warn", message, hint: again };
  }
  if (!running) {
    const ended =
      lastExit === null || lastExit === 0
        ? ""
        : say(` (it ended with ${lastExit})`, `（退出码 ${lastExit}）`);
    return {
      id,
      verdict: "warn",
      message: say(`the service is installed, but does not run${ended}`, `服务已安装但未运行${ended}`),
      hint: "moltbot service start · moltbot service logs",
    };
  }
  return { id, verdict: "ok", message: say(`${kind} keeps it running`, `由 ${kind} 保持运行`) };
}
