/** Sends acknowledgements in the order of the messages (MQTT 4.6), however their commits end. */
export class AckQueue {
  private readonly waiting: { bytes: Buffer | undefined; isDone: boolean }[] = [];

  /** @param send receives each acknowledgement when it is its turn */
  constructor(private readonly send: (bytes: Buffer) => void) {}

  /** Messages that were received and not answered. */
  get size(): number {
    return this.waiting.length;
  }

  /** Adds a message. The function that is returned is called once, with its acknowledgement or none. */
  add(): (bytes: Buffer | undefined) => void {
    const entry: { bytes: Buffer | undefined; isDone: boolean } = { bytes: undefined, isDone: false };
    this.waiting.push(entry);
    return (bytes) => {
      entry.bytes = bytes;
      entry.isDone = true;
      this.flush();
    };
  }

  private flush(): void {
    let count = 0;
    for (const { bytes, isDone } of this.waiting) {
      if (!isDone) break;
      count += 1;
      if (bytes) this.send(bytes);
    }
    if (count > 0) this.waiting.splice(0, count);
  }
}
