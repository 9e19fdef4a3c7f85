import { begin } from "./beginning.ts";
import { openPage } from "./page.tsx";

// The script in the document has begun, where it may run. Scripts lie in assets/ below the base path of the page.
void openPage(globalThis.moltbotBeginning ?? begin(new URL("..", import.meta.url)));
