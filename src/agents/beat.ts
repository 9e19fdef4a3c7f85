/** Something with text that listeners have not heard yet. */
export interface Speaker {
  /** Tells the listeners what is new; false where that has to wait for another beat. */
  speak(): boolean;
}

/**
 * One timer for the deltas of all runs, so that they leave in the same loop turn and cost one write per client.
 * The first word of a run goes out at once.
 */
export interface Beat {
  /** The speaker has new text. */
  add(speaker: Speaker, urgent: boolean): void;
  /** What the speaker has is said by itself; forget it. */
  remove(speaker: Speaker): void;
  close(): void;
}

/** The newer clients' own pace for deltas, and that of the older ones, which is enough where many speak at once. */
const everyMs = 75;
const everyMsOfMany = 150;
const many = 5;

export function createBeat(): Beat {
  const speakers = new Set<Speaker>();
  let timer: ReturnType<typeof setTimeout> | null = null;
  let spoke = 0;

  function speakAll(): void {
    timer = null;
    spoke = speakers.size;
    for (const speaker of speakers) if (speaker.speak()) speakers.delete(speaker);
    if (speakers.size > 0) wait();
  }

  function wait(): void {
    timer ??= setTimeout(speakAll, spoke < many ? everyMs : everyMsOfMany);
  }

  return {
    add(speaker, urgent) {
      if (urgent) {
        speaker.speak();
        return;
      }
      speakers.add(speaker);
      wait();
    },
    remove: (speaker) => void speakers.delete(speaker),
    close() {
      if (timer !== null) clearTimeout(timer);
      timer = null;
      speakers.clear();
    },
  };
}
