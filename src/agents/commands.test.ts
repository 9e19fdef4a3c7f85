import { describe, expect, test } from "bun:test";
import { fakeHost } from "../../test/agents/subjects.ts";
import { commandNames, parseCommand, runCommand } from "./commands.ts";

const owner = { sessionKey: "agent:main:main", language: "en", owner: true } as const;

test("what is a command, and what only looks like one", () => {
  expect(parseCommand("/help")).toEqual({ name: "help", rest: "" });
  expect(parseCommand("  /Model acme/big ")).toEqual({ name: "model", rest: "acme/big" });
  expect(parseCommand("/status@my_bot")).toEqual({ name: "status", rest: "" });
  expect(parseCommand("／help")).toEqual({ name: "help", rest: "" });
  expect(parseCommand("/echo two\nlines")).toEqual({ name: "echo", rest: "two\nlines" });
  expect(parseCommand("/usr/bin/env is a path")).toBeNull();
  expect(parseCommand("help")).toBeNull();
  expect(parseCommand("see /help")).toBeNull();
  expect(parseCommand("/ help")).toBeNull();
  expect(parseCommand("/2024")).toBeNull();
});

test("text that is no command is left alone", async () => {
  expect(await runCommand("hello", fakeHost(), owner)).toBeNull();
});

test("somebody who is not the owner gets one sentence and no effect, for any command", async () => {
  const host = fakeHost();
  for (const text of ["/new", "/stop", "/model x/y", "/nonsense", "/whoami"]) {
    const said = await runCommand(text, host, { ...owner, owner: false });
    expect(said).toEqual({ text: "Commands are for this gateway's owner only." });
  }
  expect(host.done).toEqual([]);
});

test("a command that does not exist says which do", async () => {
  const said = await runCommand("/frobnicate now", fakeHost(), owner);
  expect(said?.text).toStartWith("There is no command /frobnicate.");
  for (const name of commandNames) expect(said?.text).toContain(`/${name}`);
});

test("every command answers in both languages", async () => {
  for (const name of commandNames) {
    const en = await runCommand(`/${name}`, fakeHost(), owner);
    const zh = await runCommand(`/${name}`, fakeHost(), { ...owner, language: "zh" });
    expect(en?.text).toMatch(/[a-z]/);
    expect(en?.text).not.toMatch(/[\u4e00-\u9fff]/);
    expect(zh?.text).toMatch(/[\u4e00-\u9fff]/);
  }
});

test("status: version, uptime in its two largest units, the model, and what is wrong", async () => {
  const host = fakeHost({
    modelInUse: () => "acme/big",
    problems: () => [{ en: "models.providers.x has no key", zh: "models.providers.x 没有密钥" }],
  });
  expect((await runCommand("/status", host, owner))?.text).toBe(
    "moltbot 1.2.3, running for 2 h 4 min. The model here is acme/big.\nmodels.providers.x has no key",
  );
  const fresh = fakeHost({ uptimeMs: () => 400 });
  expect((await runCommand("/status", fresh, owner))?.text).toContain("running for 0 s.");
  const old = fakeHost({ uptimeMs: () => 3 * 86_400_000 + 59_000 });
  expect((await runCommand("/status", old, { ...owner, language: "zh" }))?.text).toContain("已运行 3 天");
});

describe("model", () => {
  const models = ["acme/big", "acme/small"];
  const withModels = (inUse: string | null) =>
    fakeHost({
      models: () => models,
      modelInUse: () => inUse,
      resolveModel: (ref) => (ref === "small" || ref === "acme/small" ? "acme/small" : null),
    });

  test("alone: the one in use and those there are", async () => {
    expect((await runCommand("/model", withModels("acme/big"), owner))?.text).toBe(
      "The model here is acme/big.\nAvailable:\n- acme/big\n- acme/small",
    );
  });

  test("with a name: what it resolves to is set for this session", async () => {
    const host = withModels("acme/big");
    expect((await runCommand("/model small", host, owner))?.text).toBe(
      "From now on acme/small answers here.",
    );
    expect(host.done).toEqual(["model agent:main:main acme/small"]);
  });

  test("with an unknown name: nothing changes", async () => {
    const host = withModels("acme/big");
    expect((await runCommand("/model acme/huge", host, owner))?.text).toStartWith(
      "There is no model acme/huge here.",
    );
    expect(host.done).toEqual([]);
  });

  test("default: the session's own choice goes", async () => {
    const host = withModels("acme/big");
    expect((await runCommand("/model Default", host, owner))?.text).toContain("again: acme/big");
    expect(host.done).toEqual(["model agent:main:main null"]);
  });

  test("a long list is cut and says by how much", async () => {
    const host = fakeHost({ models: () => Array.from({ length: 25 }, (_, at) => `p/m${at}`) });
    expect((await runCommand("/model", host, owner))?.text).toEndWith("… and 5 more");
  });
});

test("new and reset start the conversation afresh, stop counts what it stopped", async () => {
  const host = fakeHost({ stop: () => 2 });
  await runCommand("/new", host, owner);
  await runCommand("/reset", host, owner);
  expect(host.done).toEqual(["new agent:main:main", "new agent:main:main"]);
  expect((await runCommand("/stop", host, owner))?.text).toBe("Stopped 2 answers.");
  expect((await runCommand("/stop", fakeHost(), owner))?.text).toBe("Nothing is being answered here.");
});

test("sessions by title where there is one, whoami, echo", async () => {
  const host = fakeHost({
    sessions: () => [
      { key: "agent:main:main", title: "Groceries", updatedAt: 1 },
      { key: "agent:main:dm:bob", updatedAt: null },
    ],
  });
  expect((await runCommand("/sessions", host, owner))?.text).toBe(
    "Latest conversations:\n- Groceries (agent:main:main)\n- agent:main:dm:bob",
  );
  expect((await runCommand("/whoami", host, owner))?.text).toContain("You are alice on webchat");
  expect((await runCommand("/echo  a  b ", host, owner))?.text).toBe("a  b");
});

test("activation: in a group it is said and changed, elsewhere there is none", async () => {
  const host = fakeHost({ activation: () => "mention" });
  const say = async (text: string, here = host) => (await runCommand(text, here, owner))?.text;
  expect(await say("/activation")).toBe(
    "In this group I answer only messages that speak to me.\nWrite /activation mention or /activation always.",
  );
  expect(await say("/activation sometimes")).toContain("Write /activation mention");
  expect(await say("/activation Always")).toBe("In this group I answer every message.");
  expect(host.done).toEqual(["activation agent:main:main always"]);
  const alone = fakeHost({ activation: () => undefined });
  expect(await say("/activation always", alone)).toContain("for groups only");
  expect(alone.done).toEqual([]);
});
