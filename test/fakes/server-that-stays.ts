/** Loaded before a gateway: its server never comes to the end of its stop. */
const serve = Bun.serve;

function stuck(...args: Parameters<typeof serve>): ReturnType<typeof serve> {
  const server = serve(...args);
  server.stop = () => new Promise<void>(() => {});
  return server;
}

Object.assign(Bun, { serve: stuck });
