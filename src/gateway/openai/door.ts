import type { HttpVisit } from "../http.ts";
import type { Programs, ProgramsOptions } from "./serve.ts";

/** Answers what programs ask; null where every endpoint is off. */
export type ProgramsDoor = (request: Request, path: string, visit: HttpVisit) => Promise<Response> | null;

/** The door for programs. What is behind it is loaded by the first of them. */
export function openProgramsDoor(options: ProgramsOptions): ProgramsDoor {
  let room: Promise<Programs> | undefined;
  return (request, path, visit) => {
    const { chatCompletions, responses } = options.endpoints();
    if (!chatCompletions?.enabled && !responses?.enabled) return null;
    room ??= import("./serve.ts").then(({ createPrograms }) => createPrograms(options));
    return room.then((programs) => programs(request, path, visit));
  };
}
