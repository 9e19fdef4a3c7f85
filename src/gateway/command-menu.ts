import { commandHelp } from "#src/agents/command-texts.ts";
import { commandNames } from "#src/agents/commands.ts";
import type { Account } from "#src/channels/channel.ts";
import { messageOf } from "#src/lib/errors.ts";
import type { Log } from "#src/lib/log.ts";

/** Offers the owner's commands in a platform's own menu, where it has one. Without it everything else works. */
export async function offerMenu(account: Pick<Account, "offerCommands"> | null, log: Log): Promise<void> {
  try {
    for (const language of ["en", "zh"] as const) {
      const commands = commandNames.map((name) => ({ name, description: commandHelp[name][language] }));
      await account?.offerCommands?.(commands, language);
    }
  } catch (error) {
    log.debug("the menu of commands was not taken", { error: messageOf(error) });
  }
}
