import { expect, test } from "bun:test";
import { parseLsof, portHolder } from "./port-holder.ts";

test.skipIf(process.platform !== "linux")(
  "who listens is found, by pid and name, while it listens",
  async () => {
    const listener = Bun.listen({ hostname: "127.0.0.1", port: 0, socket: { data: () => {} } });
    expect(portHolder(listener.port, "linux")).toMatchObject({
      pid: process.pid,
      name: expect.stringContaining("bun"),
    });
    listener.stop(true);
    expect(portHolder(listener.port, "linux")).toBeNull();
  },
);

test.skipIf(process.platform !== "linux")(
  "a name ends before the first option, which may be a secret",
  async () => {
    const script = `const l = Bun.listen({hostname: "127.0.0.1", port: 0, socket: {data() {}}}); console.log(l.port)`;
    await using child = Bun.spawn([process.execPath, "run", "-", "--token", "abc"], {
      stdin: new Blob([script]),
      stdout: "pipe",
    });
    const { value } = await child.stdout.getReader().read();
    const port = Number(new TextDecoder().decode(value));
    const holder = portHolder(port, "linux");
    expect(holder?.pid).toBe(child.pid);
    expect(holder?.name).toEndWith(" run");
  },
);

test("lsof's answer is read", () => {
  expect(parseLsof("p812\ncnginx\nf6\n")).toEqual({ pid: 812, name: "nginx" });
  expect(parseLsof("p812\nca\u001b[31mb\n")?.name).toBe("a?[31mb");
  expect(parseLsof("")).toBeNull();
});

test("where the system does not tell, there is no answer", () => {
  expect(portHolder(1, "win32")).toBeNull();
});
