import { type Environment, isSet } from "#src/config/environment.ts";

/** Whether there is a screen of this machine on which a browser may appear: not over SSH, not on a build server. */
export function hasScreen(env: Environment, platform: NodeJS.Platform): boolean {
  if (isSet(env, "NO_OPEN") || isSsh(env) || env.CI) return false;
  return platform === "darwin" || platform === "win32" || Boolean(env.DISPLAY || env.WAYLAND_DISPLAY);
}

export function isSsh(env: Environment): boolean {
  return Boolean(env.SSH_CONNECTION || env.SSH_TTY);
}

/** Over SSH the page is on the wrong side of the connection; this command, run on the other side, brings it over. */
export function tunnelCommand(port: number, env: Environment): string {
  const [, , host = "this-host", sshPort = "22"] = (env.SSH_CONNECTION ?? "").split(" ");
  const user = env.USER || env.LOGNAME;
  const options = sshPort === "22" ? "" : ` -p ${sshPort}`;
  return `ssh -N -L ${port}:127.0.0.1:${port}${options} ${user === undefined ? host : `${user}@${host}`}`;
}

/** Hands the address to the desktop's browser; false where this machine has nothing that could open it. */
export function openInBrowser(url: string, env: Environment): boolean {
  const [program = "", ...args] = openers[process.platform] ?? ["xdg-open"];
  const path = Bun.which(program, { PATH: env.PATH ?? "" });
  if (path === null) return false;
  const child = Bun.spawn([path, ...args, url], {
    stdin: "ignore",
    stdout: "ignore",
    stderr: "ignore",
    env: { ...env },
  });
  child.unref();
  return true;
}

const openers: Partial<Record<NodeJS.Platform, string[]>> = {
  darwin: ["open"],
  win32: ["rundll32", "url.dll,FileProtocolHandler"],
};
