import { userInfo } from "node:os";
import type { Environment } from "#src/config/environment.ts";
import { createRunProgram } from "./programs.ts";

/** Whether this user's services go on after the last logout; null where that cannot be learnt. */
export async function staysAfterLogout(env: Environment): Promise<boolean | null> {
  try {
    const args = ["show-user", userInfo().username, "--property=Linger", "--value"];
    const { code, out } = await createRunProgram(env)("loginctl", args);
    return code === 0 && /^(yes|no)$/m.test(out) ? /^yes$/m.test(out) : null;
  } catch {
    return null;
  }
}
