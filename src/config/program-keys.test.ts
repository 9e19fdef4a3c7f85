import { expect, test } from "bun:test";
import { namesProgram, programsChanged } from "./program-keys.ts";

test("keys that say what is run or loaded are known by their last word", () => {
  for (const path of [
    ["channels", "signal", "cliPath"],
    ["agents", "defaults", "cliBackends", "claude", "command"],
    ["audio", "transcription", "command", 0],
    ["browser", "executablePath"],
    ["hooks", "transformsDir"],
    ["hooks", "mappings", 0, "transform", "module"],
    ["plugins", "load", "paths", 0],
    ["agents", "list", 0, "tools", "exec", "pathPrepend", 0],
    ["mcp", "servers", "files", "args", 1],
    ["tools", "exec", "path"],
    ["env", "vars", "LD_PRELOAD"],
    ["env", "PATH"],
  ]) {
    expect([path, namesProgram(path)]).toEqual([path, true]);
  }
});

test("what only looks like one is free: names that people give, switches, lists of commands", () => {
  for (const path of [
    ["models", "providers", "robin", "baseUrl"],
    ["models", "providers", "shell", "apiKey"],
    ["gateway", "nodes", "allowCommands", 0],
    ["gateway", "controlUi", "basePath"],
    ["gateway", "bind"],
    ["hooks", "path"],
    ["commands", "native"],
    ["logging", "file"],
    ["env", "vars", "OPENAI_API_KEY"],
    ["agents", "defaults", "workspace"],
  ]) {
    expect([path, namesProgram(path)]).toEqual([path, false]);
  }
});

test("only a new or another program counts; an unchanged or removed one does no harm", () => {
  const from = { channels: { signal: { cliPath: "/usr/bin/signal-cli", enabled: true } } };
  expect(programsChanged(from, { channels: { signal: { cliPath: "/usr/bin/signal-cli" } } })).toEqual([]);
  expect(programsChanged(from, {})).toEqual([]);
  expect(programsChanged(from, { channels: { signal: { cliPath: "/tmp/x" } } })).toEqual([
    "channels.signal.cliPath",
  ]);
  expect(programsChanged({}, { tools: { exec: { command: ["sh", "-c"] } } })).toEqual([
    "tools.exec.command[0]",
    "tools.exec.command[1]",
  ]);
});
