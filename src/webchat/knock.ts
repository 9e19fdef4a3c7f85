/**
 * Stands in the document itself and runs before anything else of the page is there, so that the gateway is asked
 * while the page is on its way.
 */
import { begin } from "./beginning.ts";

globalThis.moltbotBeginning = begin(new URL(document.currentScript?.dataset.base ?? "/", location.href));
