import type { Browser, ConsoleMessage } from "playwright-core";

/** A chat's page is there when each of these finds something: it is connected, a message stands there, one can write. */
const isThere = [".dot.open", ".row .markdown", "#message:enabled"];

/** How long a page took, in milliseconds since its navigation began. */
export interface TimeToUse {
  /** The newest messages are painted, and no task of more than 50 ms runs or follows within half a second. */
  usable: number;
  painted: number;
  /** The same as `usable`, since the first byte of the page came. */
  sinceResponse: number;
  /** From a key that is pressed as soon as it is painted until its letter is. */
  key: number;
}

const report = "time-to-use:";

/** Where a page is opened: in a tab that has come to rest, or in one that the browser is still making. */
export type Tab = "rested" | "fresh";

/** Opens a page in a new tab, with nothing in its cache, of a browser that runs already. */
export async function timeToUse(browser: Browser, url: string, tab: Tab): Promise<TimeToUse> {
  const context = await browser.newContext({ locale: "en-GB", viewport: { width: 1100, height: 760 } });
  try {
    const page = await context.newPage();
    await page.addInitScript(watch, [report, isThere] as const);
    if (tab === "rested") await comeToRest(browser);
    const said = (what: string) =>
      page.waitForEvent("console", {
        predicate: (message: ConsoleMessage) => message.text().startsWith(report + what),
        timeout: 30_000,
      });
    const [painted, quiet] = [said("painted"), said("quiet")];
    // Nothing else is asked of the page before: whatever asks takes time of its main thread.
    await page.goto(url, { waitUntil: "commit" });
    await painted;
    await page.keyboard.press("x");
    return JSON.parse((await quiet).text().slice(`${report}quiet`.length)) as TimeToUse;
  } finally {
    await context.close();
  }
}

/** How often a browser at work is asked whether it still is, and how much work in between counts as none. */
const REST_MS = 100;
const AT_REST_MS = 10;

/** Making a tab takes both cores of a small machine for most of a second after it can be used. */
async function comeToRest(browser: Browser): Promise<void> {
  const session = await browser.newBrowserCDPSession();
  const used = async () => {
    const { processInfo } = await session.send("SystemInfo.getProcessInfo");
    return processInfo.reduce((sum, { cpuTime }) => sum + cpuTime * 1_000, 0);
  };
  const end = performance.now() + 30_000;
  let before = await used();
  for (;;) {
    await Bun.sleep(REST_MS);
    const now = await used();
    if (now - before <= AT_REST_MS) break;
    if (performance.now() > end) throw new Error("the browser does not come to rest; what keeps it busy?");
    before = now;
  }
  await session.detach();
}

/** Runs in the page, before its own scripts. */
function watch([report, isThere]: readonly [string, readonly string[]]): void {
  const quietMs = 500;
  const long: { end: number }[] = [];
  new PerformanceObserver((list) => {
    for (const { startTime, duration } of list.getEntries()) long.push({ end: startTime + duration });
  }).observe({ type: "longtask", buffered: true });

  const nextPaint = (then: (at: number) => void) =>
    requestAnimationFrame(() => {
      // The frame that this runs in has been painted by the time the message arrives.
      const { port1, port2 } = new MessageChannel();
      port1.onmessage = () => then(performance.now());
      port2.postMessage(null);
    });

  function tell(painted: number, key: number) {
    const lastLong = Math.max(0, ...long.map(({ end }) => end));
    if (performance.now() - Math.max(painted, lastLong) < quietMs) {
      setTimeout(tell, quietMs / 5, painted, key);
      return;
    }
    const usable = Math.max(painted, lastLong);
    const [navigation] = performance.getEntriesByType("navigation") as PerformanceNavigationTiming[];
    const sinceResponse = usable - (navigation?.responseStart ?? 0);
    console.debug(`${report}quiet${JSON.stringify({ usable, painted, sinceResponse, key })}`);
  }

  function look() {
    if (!isThere.every((selector) => document.querySelector(selector))) return;
    observer.disconnect();
    nextPaint((painted) => {
      document.addEventListener("input", ({ timeStamp, target }) => {
        if ((target as HTMLTextAreaElement).value !== "x") return;
        nextPaint((shown) => tell(painted, shown - (pressed || timeStamp)));
      });
      let pressed = 0;
      document.addEventListener("keydown", ({ timeStamp }) => {
        pressed = timeStamp;
      });
      console.debug(`${report}painted`);
    });
  }
  const observer = new MutationObserver(look);
  observer.observe(document, { childList: true, subtree: true, attributes: true });
}
