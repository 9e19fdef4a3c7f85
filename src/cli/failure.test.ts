import { expect, test } from "bun:test";
import {
  ConnectFailed,
  ConnectionClosed,
  InvalidAnswer,
  RequestError,
  RequestTimeout,
} from "#src/client/errors.ts";
import { ConfigError } from "#src/config/error.ts";
import { AlreadyRunning, PortTaken } from "#src/lib/start-errors.ts";
import { exits } from "./exit.ts";
import { explainFailure } from "./failure.ts";

const refusal = (code: string, message: string, more: object = {}) =>
  new RequestError("health", { code, message, ...more });

test.each([
  ["a method that failed", refusal("INVALID_REQUEST", "no such session"), exits.failure],
  ["a gateway that is busy", refusal("UNAVAILABLE", "too busy"), exits.unavailable],
  [
    "a missing scope, as generation 4 hears it",
    refusal("FORBIDDEN", "missing scope: operator.admin"),
    exits.permission,
  ],
  [
    "a missing scope, as generation 3 hears it",
    refusal("INVALID_REQUEST", "missing scope: operator.admin"),
    exits.permission,
  ],
  ["a wrong secret", refusal("INVALID_REQUEST", "unauthorized: gateway token mismatch"), exits.permission],
  ["no identity", refusal("NOT_PAIRED", "device identity required"), exits.permission],
  ["another protocol", refusal("INVALID_REQUEST", "protocol mismatch"), exits.failure],
  ["nothing there", new ConnectFailed("ws://far", "refused"), exits.unavailable],
  ["a restart", new ConnectionClosed(1012, "service restart"), exits.unavailable],
  ["silence", new RequestTimeout("health", 30_000), exits.unavailable],
  ["a broken contract", new InvalidAnswer("health", "at root"), exits.failure],
  ["a second gateway", new AlreadyRunning({ pid: 42, url: "http://127.0.0.1:18789/" }), exits.alreadyRunning],
  ["a stranger on the port", new PortTaken(18_789, "nginx (pid 812)"), exits.config],
  ["a broken config", new ConfigError("moltbot.json:3:5: expected a comma"), exits.config],
  ["a closed directory", Object.assign(new Error("EACCES: /state"), { code: "EACCES" }), exits.permission],
  ["a bug", new TypeError("x is not a function"), exits.failure],
])("the exit code of %s", (_, cause, exit) => {
  expect(explainFailure(cause, "en").exit).toBe(exit);
});

test("a second gateway is told who runs and where its page is", () => {
  const { message, hint } = explainFailure(
    new AlreadyRunning({ pid: 42, url: "http://127.0.0.1:18789/" }),
    "en",
  );
  expect(message).toBe(
    "a gateway is already running (pid 42)\n  Page: http://127.0.0.1:18789/   Open it: moltbot open",
  );
  expect(hint).toBe("Status: moltbot status   Logs: moltbot logs -f");
});

test("a stranger on the port is named, with the way out", () => {
  const { message, hint } = explainFailure(new PortTaken(18_789, "nginx (pid 812)"), "en");
  expect(message).toBe("port 18789 is in use by nginx (pid 812)");
  expect(hint).toBe("choose another port: moltbot gateway --port NUMBER");
  expect(explainFailure(new PortTaken(1, null), "zh").message).toBe("端口 1 已被 其他程序 占用");
});

test("what the gateway asks to wait is said in seconds", () => {
  expect(explainFailure(refusal("UNAVAILABLE", "too busy", { retryAfterMs: 1500 }), "en").hint).toBe(
    "try again in 2 s",
  );
});

test("only a bug shows its stack", () => {
  expect(explainFailure(new TypeError("x is not a function"), "en").message).toContain("failure.test.ts");
  expect(explainFailure(new ConfigError("bad"), "en").message).toBe("config: bad");
});
