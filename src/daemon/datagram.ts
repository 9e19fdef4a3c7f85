import { dlopen, FFIType, ptr } from "bun:ffi";

/** Bun has no datagram sockets of the local kind; the C library of every Linux has. */
const libraries = [
  "libc.so.6",
  `libc.musl-${process.arch === "arm64" ? "aarch64" : "x86_64"}.so.1`,
  "libc.so",
];
const localSocket = 1;
const datagramClosedOnExec = 2 | 0o2000000;
const noSignal = 0x4000;
const longestName = 107;

/** Sends texts to a local datagram socket, each as one datagram; a name that begins with `@` is an abstract one. */
export function openDatagramTo(socket: string): (text: string) => void {
  const { socket: create, sendto } = openLibrary();
  const name = Buffer.from(socket);
  if (name.length > longestName) throw new Error(`the socket's name is too long: ${socket}`);
  if (socket.startsWith("@")) name[0] = 0;
  const address = Buffer.alloc(2 + name.length);
  address.writeUInt16LE(localSocket, 0);
  name.copy(address, 2);
  const descriptor = create(localSocket, datagramClosedOnExec, 0);
  if (descriptor < 0) throw new Error("the system gives out no socket");
  return (text) => {
    const bytes = Buffer.from(text);
    const sent = sendto(descriptor, ptr(bytes), bytes.length, noSignal, ptr(address), address.length);
    if (Number(sent) !== bytes.length) throw new Error(`nobody takes datagrams at ${socket}`);
  };
}

function openLibrary() {
  const problems: unknown[] = [];
  for (const library of libraries) {
    try {
      return dlopen(library, {
        socket: { args: [FFIType.i32, FFIType.i32, FFIType.i32], returns: FFIType.i32 },
        sendto: {
          args: [FFIType.i32, FFIType.ptr, FFIType.u64, FFIType.i32, FFIType.ptr, FFIType.u32],
          returns: FFIType.i64,
        },
      }).symbols;
    } catch (error) {
      problems.push(error);
    }
  }
  throw new AggregateError(problems, `none of ${libraries.join(", ")} can be loaded`);
}
