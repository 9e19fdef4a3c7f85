import type { ClientTool, PendingToolCall } from "#protocol/domains/agents.ts";
import type { AskedTools } from "#src/agents/client-tools.ts";
import { BadRequest } from "./failure.ts";
import { flag, isObject, objectOf, optionalText, textOf } from "./program-request.ts";

/** A program's own functions, and how they may be asked for. */
export type ProgramTools = Required<Pick<AskedTools, "tools" | "toolChoice" | "parallelToolCalls">> &
  Pick<AskedTools, "requiredTool">;

const maxTools = 128;
const nameForm = /^[a-zA-Z0-9_-]{1,64}$/;

/** Where an endpoint keeps a function's name: in the tool itself, or one level down. */
export type ToolShape = "flat" | "nested";

/** Reads `tools`, `tool_choice` and `parallel_tool_calls`; what could not be kept is refused. */
export function toolsOf(body: Record<string, unknown>, shape: ToolShape): ProgramTools {
  const tools = listOf(body.tools, shape);
  const parallel = body.parallel_tool_calls;
  const common = {
    tools,
    parallelToolCalls: parallel === undefined || parallel === null || flag(parallel, "parallel_tool_calls"),
  };
  const choice = body.tool_choice ?? "auto";
  if (choice === "auto" || choice === "none") return { ...common, toolChoice: choice };
  if (choice === "required") return { ...common, toolChoice: insistOn(tools) };
  const { type } = objectOf(choice, "tool_choice");
  if (type === "function") {
    const requiredTool = named(choice, shape, "tool_choice", tools);
    return { ...common, toolChoice: "required", requiredTool };
  }
  if (type === "allowed_tools")
    return { ...common, ...allowedIn(objectOf(choice, "tool_choice"), shape, tools) };
  const message = "tool_choice must be auto, none, required, or name a function";
  throw new BadRequest(message, { param: "tool_choice" });
}

function listOf(given: unknown, shape: ToolShape): ClientTool[] {
  if (given === undefined || given === null) return [];
  if (!Array.isArray(given)) throw new BadRequest("tools must be a list", { param: "tools" });
  if (given.length > maxTools) {
    throw new BadRequest(`tools has ${given.length} entries; at most ${maxTools} are taken`, {
      param: "tools",
    });
  }
  const names = new Set<string>();
  return given.map((entry: unknown, index) => {
    const tool = toolIn(entry, shape, `tools[${index}]`);
    if (names.has(tool.name)) {
      const message = `tools[${index}]: there is a function ${tool.name} before it; give each a name of its own`;
      throw new BadRequest(message, { param: `tools[${index}]` });
    }
    names.add(tool.name);
    return tool;
  });
}

function toolIn(entry: unknown, shape: ToolShape, at: string): ClientTool {
  const outer = objectOf(entry, at);
  if (outer.type !== "function") {
    const message = `${at}.type must be function, not ${JSON.stringify(outer.type)}: this gateway has no tools for programs`;
    throw new BadRequest(message, { param: `${at}.type` });
  }
  const place = shape === "nested" ? `${at}.function` : at;
  const tool = shape === "nested" ? objectOf(outer.function, place) : outer;
  const name = tool.name;
  if (typeof name !== "string" || !nameForm.test(name)) {
    const message = `${place}.name must be 1 to 64 letters, digits, _ or -`;
    throw new BadRequest(message, { param: `${place}.name` });
  }
  if (!isObject(tool.parameters)) {
    const message = `${place}.parameters must be a JSON Schema of the arguments, such as {"type":"object","properties":{}}`;
    throw new BadRequest(message, { param: `${place}.parameters` });
  }
  const description = optionalText(tool.description, `${place}.description`);
  return {
    name,
    parameters: tool.parameters,
    ...(description === null ? {} : { description }),
    ...(typeof tool.strict === "boolean" ? { strict: tool.strict } : {}),
  };
}

function insistOn(tools: readonly ClientTool[]): "required" {
  if (tools.length > 0) return "required";
  const message = "tool_choice is required, but there are no tools to choose from";
  throw new BadRequest(message, { param: "tool_choice" });
}

/** The name in a choice, which is one of the tools. */
function named(choice: unknown, shape: ToolShape, at: string, tools: readonly ClientTool[]): string {
  const outer = objectOf(choice, at);
  const { name } = shape === "nested" ? objectOf(outer.function, `${at}.function`) : outer;
  if (tools.some((tool) => tool.name === name)) return String(name);
  throw new BadRequest(`${at} names ${JSON.stringify(name)}, which is not among the tools`, {
    param: "tool_choice",
  });
}

function allowedIn(
  choice: Record<string, unknown>,
  shape: ToolShape,
  tools: readonly ClientTool[],
): Pick<ProgramTools, "tools" | "toolChoice"> {
  const at = shape === "nested" ? "tool_choice.allowed_tools" : "tool_choice";
  const { mode, tools: allowed } = shape === "nested" ? objectOf(choice.allowed_tools, at) : choice;
  if ((mode !== "auto" && mode !== "required") || !Array.isArray(allowed)) {
    throw new BadRequest(`${at} must have a mode, auto or required, and a list of tools`, {
      param: "tool_choice",
    });
  }
  const names = allowed.map((each: unknown, index) => named(each, shape, `${at}.tools[${index}]`, tools));
  const left = tools.filter(({ name }) => names.includes(name));
  return { tools: left, toolChoice: mode === "required" ? insistOn(left) : mode };
}

/** A call in an assistant's message, as the gateway answered it or another server did. */
export function callIn(
  { id, name, arguments: args }: { id: unknown; name: unknown; arguments: unknown },
  at: string,
): PendingToolCall {
  const own = { id: textOf(id, `${at} id`), name: textOf(name, `${at}.name`) };
  if (own.id === "" || own.name === "")
    throw new BadRequest(`${at} must have an id and a name`, { param: at });
  return { ...own, arguments: textOf(args, `${at}.arguments`) };
}
