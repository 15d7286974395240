/** Given as a function, since a browser that blocks storage throws at the mention of it. */
type Storing = () => Storage;

/** What is stored under a name, or null. A browser that blocks storage counts as one that has nothing. */
export function readStored(storage: Storing, name: string): string | null {
  try {
    return storage().getItem(name);
  } catch {
    return null;
  }
}

/** Stores a text, or removes it with null. Where storage is full or blocked, nothing happens. */
export function writeStored(storage: Storing, name: string, text: string | null): void {
  try {
    if (text === null) storage().removeItem(name);
    else storage().setItem(name, text);
  } catch {
    // The page works without it, until it is loaded again.
  }
}
