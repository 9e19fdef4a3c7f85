import type { Channel } from "./channel.ts";

/** A channel in the list: its module is loaded when the first account is opened. */
export interface ListedChannel {
  id: string;
  label: string;
  load: () => Promise<Channel>;
}

/** Every channel there is. */
export const channels: readonly ListedChannel[] = [];
