/** The files that are written for supervisors, as their own tools read them. */
import { describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gatewayService, type ServiceDescription } from "#src/daemon/description.ts";
import { launchAgent, launchAgentText, plist } from "#src/daemon/launchd-plist.ts";
import { commandLine, unitText } from "#src/daemon/systemd-unit.ts";
import { missingProgram } from "./supervisor.ts";

const path = process.execPath;

function described(more: { profile?: string; system?: boolean; env?: Record<string, string> } = {}) {
  return gatewayService({
    command: [path],
    home: "/home/ann",
    env: more.env ?? { LANG: "de_DE.UTF-8", ANTHROPIC_API_KEY: "sk-secret", MOLTBOT_GATEWAY_TOKEN: "secret" },
    profile: more.profile,
    system: more.system ?? false,
  });
}

async function inFolder<T>(use: (folder: string) => T | Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), "moltbot-texts-"));
  try {
    return await use(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const awkward: ServiceDescription = {
  ...described(),
  summary: "A & B <100%>",
  program: ['/Apps/My $pecial 100% "bot"/moltbot', "a b", "$HOME", "%h", "back\\slash", "new\nline", "ünï"],
  environment: { NAME: 'a "quoted" $value 50%', ZWEI: "ä b" },
};

test("no secret of the environment gets into a file, and nothing else of it but where things lie", () => {
  const env = {
    LANG: "C.UTF-8",
    MOLTBOT_GATEWAY_TOKEN: "secret-one",
    OPENAI_API_KEY: "secret-two",
    MOLTBOT_STATE_DIR: "/data/moltbot",
  };
  const service = described({ env });
  expect(Object.keys(service.environment).sort()).toEqual(["LANG", "MOLTBOT_STATE_DIR", "PATH"]);
  expect(launchAgentText(service) + unitText(service, "user")).not.toContain("secret");
});

test("each profile has a service of its own", () => {
  const work = described({ profile: "work" });
  expect([work.label, work.unit]).toEqual(["com.moltbot.gateway.work", "moltbot-gateway-work"]);
  expect(work.program).toEqual([path, "gateway", "--profile", "work", "--service"]);
  expect(work.environmentFile).toBe("%h/.config/moltbot/gateway-work.env");
});

/** What launchd expects under each key. */
const kinds: Record<string, (value: unknown) => boolean> = {
  Label: (value) => typeof value === "string",
  ProgramArguments: (value) => Array.isArray(value) && value.every((each) => typeof each === "string"),
  RunAtLoad: (value) => value === true,
  KeepAlive: (value) => Bun.deepEquals(value, { SuccessfulExit: false }),
  ThrottleInterval: (value) => value === 10,
  ProcessType: (value) => value === "Interactive",
  ExitTimeOut: (value) => value === 20,
  StandardOutPath: (value) => value === "/home/ann/Library/Logs/moltbot/gateway.out.log",
  StandardErrorPath: (value) => value === "/home/ann/Library/Logs/moltbot/gateway.err.log",
  EnvironmentVariables: (value) => Object.values(value as object).every((each) => typeof each === "string"),
  Umask: (value) => value === 63,
  SoftResourceLimits: (value) => Bun.deepEquals(value, { NumberOfFiles: 4096 }),
};

describe("the LaunchAgent", () => {
  test("has the keys and kinds of values that launchd knows", () => {
    const agent = launchAgent(described());
    expect(Object.keys(agent)).toEqual(Object.keys(kinds));
    for (const [key, value] of Object.entries(agent)) expect([key, kinds[key]?.(value)]).toEqual([key, true]);
  });

  const skip = missingProgram("xmllint", "python3") !== null;
  const dtd = join(import.meta.dir, "../fakes/plist.dtd");
  const lint = (text: string) =>
    inFolder((folder) => {
      const file = join(folder, "agent.plist");
      writeFileSync(file, text);
      return Bun.spawnSync(["xmllint", "--noout", "--nonet", "--dtdvalid", dtd, file]).exitCode;
    });

  test.skipIf(skip)("is what Apple's document type describes", async () => {
    expect(await lint(launchAgentText(described()))).toBe(0);
    expect(await lint(launchAgentText(awkward))).toBe(0);
    expect(await lint(launchAgentText(described()).replace("<dict>", "<dict><string>x</string>"))).not.toBe(
      0,
    );
    expect(await lint(launchAgentText(described()).replace("</array>", ""))).not.toBe(0);
  });

  test.skipIf(skip)("is read by others as it was meant, awkward signs included", async () => {
    const script = "import sys,plistlib,json; print(json.dumps(plistlib.loads(sys.stdin.buffer.read())))";
    for (const service of [described(), awkward]) {
      const child = Bun.spawnSync(["python3", "-c", script], {
        stdin: Buffer.from(launchAgentText(service)),
      });
      expect(JSON.parse(child.stdout.toString())).toEqual(launchAgent(service));
    }
  });

  test("refuses what XML cannot hold", () => {
    expect(() => plist("bell\u0007")).toThrow("control characters");
    expect(() => plist(1.5)).toThrow("whole");
  });
});

describe("the systemd unit", () => {
  test("says what makes it stay up, and what does not bring it back", () => {
    const lines = unitText(described(), "user").split("\n");
    for (const line of [
      "Type=notify",
      "NotifyAccess=main",
      "WatchdogSec=60",
      "ExecReload=/bin/kill -HUP $MAINPID",
      `ExecStart=${path} gateway --service`,
      "Restart=on-failure",
      "RestartSec=5",
      "StartLimitIntervalSec=60",
      "RestartPreventExitStatus=3 78",
      "EnvironmentFile=-%h/.config/moltbot/gateway.env",
      "UnsetEnvironment=BUN_OPTIONS BUN_BE_BUN",
      "KillMode=mixed",
      "TimeoutStopSec=30",
      "UMask=0077",
      "NoNewPrivileges=yes",
      "WantedBy=default.target",
    ]) {
      expect(lines).toContain(line);
    }
    expect(lines.join()).not.toContain("MemoryDenyWriteExecute");
  });

  test("escapes specifiers, variables, quotes and line breaks", () => {
    expect(commandLine(awkward.program)).toBe(
      '"/Apps/My $pecial 100%% \\"bot\\"/moltbot" "a b" $$HOME %%h "back\\\\slash" "new\\nline" "ünï"',
    );
    expect(unitText(awkward, "user")).toContain('Environment="NAME=a \\"quoted\\" $value 50%%"');
  });

  const skip = missingProgram("systemd-analyze") !== null;
  const analyze = (folder: string, args: string[]) => {
    const child = Bun.spawnSync(["systemd-analyze", ...args], {
      env: { PATH: process.env.PATH ?? "", HOME: folder, XDG_RUNTIME_DIR: folder, LC_ALL: "C" },
    });
    return { code: child.exitCode, text: child.stdout.toString() + child.stderr.toString() };
  };

  for (const scope of ["user", "system"] as const) {
    test.skipIf(skip)(`is one that systemd understands, for the ${scope}`, () =>
      inFolder((folder) => {
        const file = join(folder, "moltbot-gateway.service");
        const text = unitText(described({ system: scope === "system" }), scope);
        const verify = () => analyze(folder, ["verify", `--${scope}`, file]);
        writeFileSync(file, text);
        expect(
          verify()
            .text.split("\n")
            .filter((line) => line.includes("moltbot")),
        ).toEqual([]);
        writeFileSync(file, text.replace("KillMode=", "KilMode="));
        expect(verify().text).toContain("KilMode");
        writeFileSync(file, text.replace(path, "/no/such/moltbot"));
        expect(verify().text).toContain("/no/such/moltbot");
      }),
    );
  }

  test.skipIf(skip)("of the whole system is shut in: systemd's own score of exposure is low", () =>
    inFolder((folder) => {
      const file = join(folder, "moltbot-gateway.service");
      writeFileSync(file, unitText(described({ system: true }), "system"));
      const { code, text } = analyze(folder, ["security", "--offline=true", "--threshold=25", file]);
      expect([code, /exposure level[^:]*: (.*)/i.exec(text)?.[1]]).toEqual([
        0,
        expect.stringContaining("OK"),
      ]);
    }),
  );
});
