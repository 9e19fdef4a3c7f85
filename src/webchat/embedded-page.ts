/** A file of the page inside the executable. */
export interface EmbeddedFile {
  name: string;
  type: string;
  /** Where the executable finds it. */
  path: string;
}

/** The page as the build has put it in; null where there was no build, as when run from source. */
export const embeddedPage: readonly EmbeddedFile[] | null = null;
