import { commandArguments, commandHelp } from "#src/agents/command-texts.ts";
import { commandNames } from "#src/agents/commands.ts";
import type { DomainHandlers } from "./handler.ts";

export function commandsHandlers(): DomainHandlers<"commands"> {
  return {
    "commands.list": ({ params, caller }) => {
      // All of them are text; a platform's menu only offers them.
      if (params.scope === "native") return { commands: [] };
      const { language } = caller;
      const commands = commandNames.map((name) => {
        const argument = commandArguments[name];
        const args =
          argument === undefined
            ? []
            : [
                {
                  name: argument.name,
                  description: argument.help[language],
                  type: "string" as const,
                  required: argument.required,
                },
              ];
        return {
          name,
          textAliases: [`/${name}`],
          description: commandHelp[name][language],
          descriptions: commandHelp[name],
          source: "native" as const,
          scope: "text" as const,
          acceptsArgs: argument !== undefined,
          ...(params.includeArgs === true && argument !== undefined ? { args } : {}),
        };
      });
      return { commands };
    },
  };
}
