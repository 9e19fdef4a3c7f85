/** Loaded before the gateway by a test: at SIGUSR2 a timer throws and a promise that nobody holds is rejected. */
process.on("SIGUSR2", () => {
  setTimeout(() => {
    throw new Error("a stray exception");
  }, 0);
  void Promise.reject(new Error("a stray rejection"));
});
