import { dirname } from "node:path";
import type { ServiceDescription } from "./description.ts";

/** What a property list may hold here. */
export type PlistValue =
  | string
  | number
  | boolean
  | readonly PlistValue[]
  | { readonly [key: string]: PlistValue };

/** The keys of a LaunchAgent that keeps the service running while its user is logged in. */
export function launchAgent(service: ServiceDescription): Record<string, PlistValue> {
  return {
    Label: service.label,
    ProgramArguments: service.program,
    RunAtLoad: true,
    // After a crash, but not after a clean stop.
    KeepAlive: { SuccessfulExit: false },
    ThrottleInterval: 10,
    // Left out, launchd throttles CPU and I/O; Background throttles them more.
    ProcessType: "Interactive",
    // What is in the outbox gets this long before SIGKILL.
    ExitTimeOut: 20,
    StandardOutPath: service.earlyLog.out,
    StandardErrorPath: service.earlyLog.err,
    EnvironmentVariables: service.environment,
    // Property lists have no octal numbers.
    Umask: 0o077,
    SoftResourceLimits: { NumberOfFiles: 4096 },
  };
}

/** The text of the LaunchAgent's file. */
export function launchAgentText(service: ServiceDescription): string {
  return plist(launchAgent(service));
}

/** The directories that must be there before launchd starts it. */
export function launchAgentDirectories(service: ServiceDescription): string[] {
  return [...new Set([dirname(service.earlyLog.out), dirname(service.earlyLog.err)])];
}

/** A property list in Apple's XML. */
export function plist(value: PlistValue): string {
  return `<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
<plist version="1.0">
${element(value, "")}
</plist>
`;
}

function element(value: PlistValue, indent: string): string {
  const inner = `${indent}  `;
  if (typeof value === "string") return `${indent}<string>${escaped(value)}</string>`;
  if (typeof value === "boolean") return `${indent}<${value}/>`;
  if (typeof value === "number") {
    if (!Number.isSafeInteger(value)) throw new Error(`numbers here are whole, which ${value} is not`);
    return `${indent}<integer>${value}</integer>`;
  }
  if (isList(value)) {
    return [`${indent}<array>`, ...value.map((item) => element(item, inner)), `${indent}</array>`].join("\n");
  }
  const entries = Object.entries(value).flatMap(([key, item]) => [
    `${inner}<key>${escaped(key)}</key>`,
    element(item, inner),
  ]);
  return [`${indent}<dict>`, ...entries, `${indent}</dict>`].join("\n");
}

function isList(value: PlistValue): value is readonly PlistValue[] {
  return Array.isArray(value);
}

const entities: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;" };

function escaped(text: string): string {
  if (/[^\t\n\x20-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/u.test(text)) {
    throw new Error(`XML cannot hold the control characters in ${JSON.stringify(text)}`);
  }
  return text.replace(/[&<>]/g, (sign) => entities[sign] ?? sign);
}
