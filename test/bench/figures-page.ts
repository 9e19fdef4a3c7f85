import { missingBrowser, openBrowser } from "../page/browser.ts";
import { timeToUse } from "../page/time-to-use.ts";
import { defineFigure } from "./figure.ts";
import { chatPath } from "./fill-history.ts";

export const page = defineFigure({
  name: "page",
  times: 3,
  bare: true,
  unavailable: missingBrowser,
  rows: {
    usable: {
      says: "the page with a chat of 2,000 messages, in a new tab of a running Chromium that has come to rest: from the navigation until the newest are painted and no long task is left",
      unit: "ms",
      goal: { of: "ours", atMost: 200 },
      steady: false,
    },
    sinceResponse: { says: "… the same, since the first byte of the page", unit: "ms", steady: false },
    whileMade: {
      says: "… in a tab that the browser is still making, on two cores",
      unit: "ms",
      steady: false,
    },
    key: { says: "… a key pressed as soon as they are painted, until it shows", unit: "ms", steady: false },
  },
  async measure(bench) {
    await using subject = await bench.start({ withHistory: true });
    const url = `http://127.0.0.1:${subject.port}${chatPath}`;
    const browser = await openBrowser();
    try {
      // The first tab of a browser, and the first visitor of a server, find much that is not yet made.
      await timeToUse(browser, url, "fresh");
      const { usable: whileMade } = await timeToUse(browser, url, "fresh");
      const { usable, sinceResponse, key } = await timeToUse(browser, url, "rested");
      return { usable, sinceResponse, whileMade, key };
    } finally {
      await browser.close();
    }
  },
});
