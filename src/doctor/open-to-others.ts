import type { Checked, Say } from "./finding.ts";

/** Whether others than its owner may do something with it. */
export function isOpen(mode: number): boolean {
  return process.platform !== "win32" && (mode & 0o077) !== 0;
}

/** What there is to say of one file or directory, with the mode that it should have. */
export function judgeMode(id: string, path: string, mode: number, to: number, say: Say): Checked {
  if (!isOpen(mode))
    return { id, verdict: "ok", message: say(`${path} is its owner's alone`, `${path} 仅所有者可访问`) };
  const from = mode & 0o777;
  const message = say(
    `${path} is open to other users (mode ${from.toString(8)})`,
    `其他用户可访问 ${path}（权限 ${from.toString(8)}）`,
  );
  return {
    id,
    verdict: "fail",
    message,
    hint: `chmod ${to.toString(8)} '${path}'`,
    fix: { is: "mode", path, from, to },
  };
}
