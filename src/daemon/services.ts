import { type Told, ToldError } from "#src/lib/told-error.ts";
import type { ServiceDescription } from "./description.ts";

/** How a service stands. */
export interface ServiceState {
  /** Whether its file is there. */
  installed: boolean;
  /** Whether that file says what would be written today. */
  current: boolean;
  /** Whether the supervisor knows it now. */
  loaded: boolean;
  /** Whether it starts by itself. */
  enabled: boolean;
  running: boolean;
  pid: number | null;
  /** What it last ended with, where the supervisor tells. */
  lastExit: number | null;
}

/** What was done, or found to be so already. */
export type Step =
  | { is: "written" | "replaced" | "unchanged" | "removed"; path: string }
  | { is: "ran"; command: string }
  | { is: "running" | "already-running"; pid: number | null }
  | { is: "stopped" | "already-stopped" | "not-installed" };

/** Called after each step that worked; one that did not ends the whole with a `ServiceError`. */
export type Report = (step: Step) => void;

/** The supervisor of this computer. Everything may be repeated; what is as it should be is left alone. */
export interface Services {
  readonly kind: "launchd" | "systemd";
  path(service: ServiceDescription): string;
  text(service: ServiceDescription): string;
  state(service: ServiceDescription): Promise<ServiceState>;
  /** Writes or repairs the file, and sees to it that the service runs and starts by itself from now on. */
  install(service: ServiceDescription, report: Report): Promise<void>;
  uninstall(service: ServiceDescription, report: Report): Promise<void>;
  start(service: ServiceDescription, report: Report): Promise<void>;
  /** Until the next login or start of the computer, or until it is started. */
  stop(service: ServiceDescription, report: Report): Promise<void>;
  restart(service: ServiceDescription, report: Report): Promise<void>;
}

/** A step that did not work: which, why, and what to do. Exit 4 where the service is not installed. */
export class ServiceError extends ToldError {
  override readonly name = "ServiceError";
  readonly exitCode: number;

  constructor(told: Told, exitCode = 1, options?: ErrorOptions) {
    super(told, options);
    this.exitCode = exitCode;
  }
}

/** What the gateway means by what it ended with; empty where that says nothing. */
export function endedWith(lastExit: number | null): Told {
  switch (lastExit) {
    case null:
    case 0:
      return { en: "", zh: "" };
    case 3:
      return {
        en: " (it ended with 3: another gateway has its state; see: moltbot status)",
        zh: "（退出码 3：另一个网关正在使用它的状态目录；查看：moltbot status）",
      };
    case 78:
      return {
        en: " (it ended with 78: its config is wrong, or its port is in use; see: moltbot doctor)",
        zh: "（退出码 78：配置有误或端口被占用；查看：moltbot doctor）",
      };
    default:
      return { en: ` (it ended with ${lastExit})`, zh: `（退出码 ${lastExit}）` };
  }
}

/** The service has to be installed first. */
export function notInstalled({ summary }: ServiceDescription): ServiceError {
  return new ServiceError(
    { en: `${summary} is not installed as a service`, zh: `${summary} 尚未安装为服务` },
    4,
  );
}
