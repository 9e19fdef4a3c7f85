import type { Programs, ProgramsOptions } from "./serve.ts";

/** The door for programs. What is behind it is loaded by the first of them; null where every endpoint is off. */
export function openProgramsDoor(options: ProgramsOptions): Programs | null {
  const { chatCompletions, responses } = options.endpoints;
  if (!chatCompletions && responses === null) return null;
  let room: Promise<Programs> | undefined;
  return async (request, path, visit) => {
    room ??= import("./serve.ts").then(({ createPrograms }) => createPrograms(options));
    return (await room)(request, path, visit);
  };
}
