/** What the commands about the service have in common. */
import { homedir } from "node:os";
import { gatewayService, type ServiceDescription, tunnelService } from "#src/daemon/description.ts";
import { homebrewService } from "#src/daemon/homebrew.ts";
import { openServices } from "#src/daemon/open-services.ts";
import { stableProgramPath } from "#src/daemon/program-path.ts";
import { ServiceError, type Services, type Step } from "#src/daemon/services.ts";
import type { TunnelRoute } from "#src/daemon/ssh-command.ts";
import { tunnelName } from "#src/daemon/tunnel-owner.ts";
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
  const { program, fromSource } = programOf(command, home);
  const words = [...(profile === undefined ? [] : ["--profile", profile]), ...(system ? ["--system"] : [])];
  return {
    services: openServices({ platform, env, home, uid, system }),
    service: gatewayService({ command: program, home, env, profile, system }),
    home,
    profile,
    fromSource,
    say,
    homebrew: profile === undefined ? homebrewService(home, platform) : null,
    report: (step) => terminal.print(showStep(step, say)),
    command: (verb) => ["moltbot service", verb, ...words].join(" "),
  };
}

/** A tunnel as a service of this user. */
export function openTunnelService(
  route: TunnelRoute,
  profileFlag: string | undefined,
  { env, language, print }: Terminal,
  { platform, uid, command } = thisMachine(),
): Pick<ServiceAccess, "services" | "service" | "report"> {
  const { target, localPort, remotePort, identity } = route;
  const home = env.HOME || homedir();
  const { profile } = locationsFor(env, profileFlag);
  const numbers = ["--port", String(localPort), "--remote-port", String(remotePort)];
  return {
    services: openServices({ platform, env, home, uid, system: false }),
    service: tunnelService({
      command: programOf(command, home).program,
      home,
      env,
      profile,
      name: tunnelName(route),
      to: target,
      args: [target, ...numbers, ...(identity === undefined ? [] : ["--identity", identity])],
    }),
    report: (step) => print(showStep(step, serviceTexts[language])),
  };
}

/** How the service starts this program: by a path that outlives updates. */
function programOf([executable, ...script]: Machine["command"], home: string) {
  const fromSource = script.length > 0;
  const path = fromSource ? executable : stableProgramPath({ executable, home });
  const program: Machine["command"] = [path, ...script];
  return { program, fromSource };
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
