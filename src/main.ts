/** The executable: runs the command that its arguments name. */
import { isatty } from "node:tty";
import { commands } from "./cli/commands.ts";
import { refusesColor, runCli } from "./cli/run.ts";
import { createTerminal } from "./cli/terminal.ts";

const argv = process.argv.slice(2);
const { env, stdout, stderr } = process;
// Who reads us may leave, as `head` does after its lines: then there is nobody to write for.
stdout.on("error", () => process.exit());
const tty = { stdin: isatty(0), stdout: isatty(1) };
const ends = { env, tty, stdin: () => process.stdin, stdout, stderr, signals: process };

process.exitCode = await runCli(commands, argv, createTerminal(ends, { color: !refusesColor(argv) }));
