import { type AddressInfo, connect, createServer, type Socket } from "node:net";

/** A cable between a program and a server on this machine. */
export interface Link extends AsyncDisposable {
  readonly port: number;
  /** How often somebody connected. */
  readonly connections: number;
  /** Where new connections lead from now on. */
  leadTo(port: number): void;
  /** Everything is swallowed from now on, in both directions, and nobody is told. */
  pull(): void;
  /** New connections lead somewhere again; those that were swallowed stay mute, as after a change of address. */
  plug(): void;
  /** What the server says is swallowed; it is heard on. */
  deafen(): void;
  /** Connections break, and new ones are as they should be. */
  cut(): void;
}

export async function openLink(target = 0): Promise<Link> {
  const sockets = new Set<Socket>();
  let leads = target;
  let isPulled = false;
  let connections = 0;

  const server = createServer((near) => {
    connections += 1;
    if (isPulled) return swallow(keep(near));
    const far = keep(connect(leads, "127.0.0.1"));
    keep(near).pipe(far).pipe(near);
    near.on("close", () => far.destroy());
    far.on("close", () => near.destroy());
  });

  function keep(socket: Socket): Socket {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
    socket.on("error", () => socket.destroy());
    return socket;
  }

  function swallow(socket: Socket): void {
    socket.unpipe();
    socket.removeAllListeners("end");
    socket.resume();
  }

  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    port,
    get connections() {
      return connections;
    },
    leadTo(next) {
      leads = next;
    },
    pull() {
      isPulled = true;
      for (const socket of sockets) swallow(socket);
    },
    plug() {
      isPulled = false;
    },
    deafen() {
      for (const socket of sockets) if (socket.remotePort === leads) swallow(socket);
    },
    cut() {
      isPulled = false;
      for (const socket of sockets) socket.destroy();
    },
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}
