/** What the supervisor of this computer knows of the gateway, for those who look for what is wrong. */
import { existsSync, readFileSync } from "node:fs";
import { ServiceError } from "#src/daemon/services.ts";
import type { ServiceFacts } from "#src/doctor/check-service.ts";
import type { Terminal } from "./terminal.ts";

/** Null where no supervisor can be asked. */
export async function surveyService(
  profile: string | undefined,
  terminal: Terminal,
): Promise<ServiceFacts | null> {
  const { openService } = await import("./service-access.ts");
  try {
    const { services, service, homebrew } = openService({ profile, system: false }, terminal);
    const file = services.path(service);
    const program = existsSync(file) ? programIn(readFileSync(file, "utf8")) : null;
    // A supervisor need not be asked about what is not installed.
    const state = existsSync(file)
      ? await services.state(service)
      : { installed: false, current: false, running: false, lastExit: null };
    const { installed, current, running, lastExit } = state;
    const programExists = program !== null && existsSync(program);
    return {
      kind: services.kind,
      file,
      installed,
      current,
      running,
      lastExit,
      program,
      programExists,
      homebrew,
    };
  } catch (error) {
    if (!(error instanceof ServiceError)) throw error;
    return null;
  }
}

/** The first word of what a unit or a property list starts; null where it cannot be read with certainty. */
function programIn(text: string): string | null {
  const unit = /^ExecStart=("?)(\/[^"\s]*)\1(?:\s|$)/m.exec(text)?.[2];
  const list = /<key>ProgramArguments<\/key>\s*<array>\s*<string>([^<&]+)<\/string>/.exec(text)?.[1];
  return (unit ?? list)?.replaceAll("%%", "%") ?? null;
}
