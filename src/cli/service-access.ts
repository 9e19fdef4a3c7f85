/** What the commands about the service have in common. */
import { homedir } from "node:os";
import { gatewayService, type ServiceDescription } from "#src/daemon/description.ts";
import { homebrewService } from "#src/daemon/homebrew.ts";
import { openServices } from "#src/daemon/open-services.ts";
import { stableProgramPath } from "#src/daemon/program-path.ts";
import { ServiceError, type Services, type Step } from "#src/daemon/services.ts";
import { CliError, exits } from "./exit.ts";
import type { ServiceFlags } from "./service-args.ts";
import { type ServiceTexts, serviceTexts } from "./service-texts.ts";
import { locationsFor } from "./surroundings.ts";
import type { Terminal } from "./terminal.ts";
import { build } from "./version.ts";

/** Which machine it is; a parameter so that a test can have another one. */
export interface Machine {
  platform: NodeJS.Platform;
  uid: number;
  /** How this program is started: the executable, or the runtime and the script. */
  command: readonly [path: string, ...args: string[]];
}

export interface ServiceAccess {
  services: Services;
  service: ServiceDescription;
  home: string;
  profile: string | undefined;
  fromSource: boolean;
  say: ServiceTexts;
  /** The file of Homebrew's service of the gateway; null where there is none. */
  homebrew: string | null;
  /** Prints a step that was done. */
  report(step: Step): void;
  /** A command line about this service. */
  command(verb: string): string;
}

export function openService(flags: ServiceFlags, terminal: Terminal, machine = thisMachine()): ServiceAccess {
  const { env, language } = terminal;
  const { platform, uid, command } = machine;
  const home = env.HOME || homedir();
  const { profile } = locationsFor(env, flags.profile);
  const { system } = flags;
  const say = serviceTexts[language];
  const [executable, ...script] = command;
  const fromSource = script.length > 0;
  const path = fromSource ? executable : stableProgramPath({ executable, home });
  const words = [...(profile === undefined ? [] : ["--profile", profile]), ...(system ? ["--system"] : [])];
  return {
    services: openServices({ platform, env, home, uid, system }),
    service: gatewayService({ command: [path, ...script], home, env, profile, system }),
    home,
    profile,
    fromSource,
    say,
    homebrew: profile === undefined ? homebrewService(home, platform) : null,
    report: (step) => terminal.print(showStep(step, say)),
    command: (verb) => ["moltbot service", verb, ...words].join(" "),
  };
}

function thisMachine(): Machine {
  const fromSource = build().commit === "dev";
  return {
    platform: process.platform,
    uid: process.getuid?.() ?? 0,
    command: fromSource ? [process.execPath, Bun.main] : [process.execPath],
  };
}

/** Does what needs an installed service; where there is none, the command that installs it is said. */
export async function withInstalled(access: ServiceAccess, perform: () => Promise<void>): Promise<void> {
  try {
    await perform();
  } catch (cause) {
    if (!(cause instanceof ServiceError) || cause.exitCode !== exits.notRunning) throw cause;
    const { say, command, homebrew } = access;
    const hint = homebrew === null ? say.installIt(command("install")) : say.homebrewStatus;
    throw new CliError(exits.notRunning, say.notInstalled, hint, { cause });
  }
}

function showStep(step: Step, say: ServiceTexts): string {
  switch (step.is) {
    case "written":
    case "replaced":
    case "unchanged":
    case "removed":
      return say[step.is](step.path);
    case "ran":
      return say.ran(step.command);
    case "running":
      return say.running(step.pid);
    case "already-running":
      return say.alreadyRunning(step.pid);
    case "stopped":
      return say.stopped;
    case "already-stopped":
      return say.alreadyStopped;
    case "not-installed":
      return say.notInstalled;
  }
}
