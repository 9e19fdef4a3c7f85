import { type Environment, isSet } from "#src/config/environment.ts";

/** Whether somebody starts the gateway again when it ends with the code for it: systemd, launchd, or who says so. */
export function isSupervised(env: Environment, pid: number): boolean {
  return (
    isSet(env, "SUPERVISED") ||
    env.SYSTEMD_EXEC_PID === String(pid) ||
    /moltbot/.test(env.XPC_SERVICE_NAME ?? "")
  );
}
