/** A program on a pseudo-terminal of its own, with somebody who types. */
export interface Typed extends Disposable {
  pid: number;
  screen(): string;
  type(keys: string): void;
  /** Waits until the screen shows this after what it showed before the last wait. */
  shows(text: string): Promise<void>;
  exited: Promise<number>;
}

export function typeInto(
  command: string[],
  { cwd, env }: { cwd: string; env: Record<string, string> },
): Typed {
  let screen = "";
  let read = 0;
  let open = true;
  const decoder = new TextDecoder();
  const child = Bun.spawn(command, {
    cwd,
    env: { TERM: "xterm", ...env },
    terminal: {
      cols: 200,
      data: (_, bytes) => {
        screen += decoder.decode(bytes, { stream: true });
      },
    },
  });
  void child.exited.then(() => {
    open = false;
  });
  return {
    pid: child.pid,
    screen: () => screen,
    type: (keys) => void child.terminal?.write(keys),
    async shows(text) {
      for (;;) {
        const at = screen.indexOf(text, read);
        if (at !== -1) {
          read = at + text.length;
          return;
        }
        if (!open) throw new Error(`it ended before it showed "${text}": ${screen}`);
        await Bun.sleep(5);
      }
    },
    exited: child.exited,
    [Symbol.dispose]() {
      if (open) child.kill("SIGKILL");
      child.terminal?.close();
    },
  };
}
