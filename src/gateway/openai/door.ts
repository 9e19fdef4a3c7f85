import type { Programs, ProgramsOptions } from "./serve.ts";

/** What the server knows of a request and can do for it. */
export interface Exchange {
  local: boolean;
  language: "en" | "zh";
  /** Lets the connection be silent for as long as a run takes, or ends that. */
  patient(isPatient: boolean): void;
}

/** The door for programs. What is behind it is loaded by the first of them; null where every endpoint is off. */
export function openProgramsDoor(options: ProgramsOptions): Programs | null {
  const { chatCompletions, responses } = options.endpoints;
  if (!chatCompletions && responses === null) return null;
  let room: Promise<Programs> | undefined;
  return async (request, path, exchange) => {
    room ??= import("./serve.ts").then(({ createPrograms }) => createPrograms(options));
    return (await room)(request, path, exchange);
  };
}
