import type { PendingToolCall } from "#protocol/domains/agents.ts";
import { uuid } from "#src/lib/ids.ts";
import type { Piece } from "./pieces.ts";

/** What a server sends of a call at once; nothing of it is certain. */
export interface CallPart {
  index?: unknown;
  id?: unknown;
  name?: unknown;
  arguments?: unknown;
  /** What the server wants to see again with the call. */
  extra?: unknown;
}

interface Gathered {
  index: unknown;
  id: string;
  name: string;
  arguments: string;
  extra?: unknown;
}

type CallPiece = Piece & { t: "call" };

/** Puts the calls of one answer together from their parts. */
export interface CallCollector {
  /** Whether the answer has called something so far. */
  readonly isEmpty: boolean;
  add(part: CallPart): void;
  /** The calls that are gathered now, each with a name and an id of its own; they are forgotten here. */
  take(): CallPiece[];
}

export function createCallCollector(): CallCollector {
  let calls: Gathered[] = [];

  /**
   * The call that a part belongs to; undefined for a new one. Some servers number every call 0, or none, so that
   * only another id, or another name after arguments that are whole, tells two calls apart.
   */
  function callOf(part: CallPart, id: string, name: string): Gathered | undefined {
    const found = calls.findLast(({ index }) => index === part.index);
    if (found === undefined || id === "") {
      return found === undefined || (name !== "" && found.id === "" && isWhole(found.arguments))
        ? undefined
        : found;
    }
    return found.id === "" || found.id === id ? found : undefined;
  }

  return {
    get isEmpty() {
      return calls.length === 0;
    },
    add(part) {
      const id = typeof part.id === "string" ? part.id : "";
      const name = typeof part.name === "string" ? part.name : "";
      const known = callOf(part, id, name);
      const call = known ?? { index: part.index, id, name: "", arguments: "" };
      if (known === undefined) calls.push(call);
      if (call.id === "") call.id = id;
      // Some repeat the name with every part.
      if (call.name === "") call.name = name;
      call.arguments += textOf(part.arguments);
      if (part.extra != null) call.extra = part.extra;
    },
    take() {
      const taken = calls.filter(({ name }) => name !== "");
      calls = [];
      const ids = new Set<string>();
      return taken.map(({ id, name, arguments: args, extra }): CallPiece => {
        const own = id === "" || ids.has(id) ? `call_${uuid().replaceAll("-", "")}` : id;
        ids.add(own);
        const call = { id: own, name, arguments: args.trim() === "" ? "{}" : args };
        return { t: "call", call, ...(extra === undefined ? {} : { extra }) };
      });
    },
  };
}

/** Whether the arguments are an object and whole. */
export function isWhole(args: string): boolean {
  return objectIn(args) !== null;
}

/** A call's arguments as an object. What is none is kept under `unparsed`, so that nothing of it is lost. */
export function argumentsOf({
  arguments: args,
}: Pick<PendingToolCall, "arguments">): Record<string, unknown> {
  return objectIn(args) ?? { unparsed: args };
}

function objectIn(text: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : null;
  } catch {
    return null;
  }
}

/** Some servers send the arguments as an object instead of its text. */
function textOf(args: unknown): string {
  if (typeof args === "string") return args;
  return typeof args === "object" && args !== null ? JSON.stringify(args) : "";
}
