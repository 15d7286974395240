/** A binary heap: returns its smallest item in constant time, and adds and removes items in logarithmic time. */
export class PriorityQueue<T> {
  private readonly items: T[] = [];

  /** @param isBefore a total order of the items */
  constructor(private readonly isBefore: (one: T, other: T) => boolean) {}

  /** The smallest item; undefined if the queue is empty. */
  get first(): T | undefined {
    return this.items[0];
  }

  push(item: T): void {
    const { items } = this;
    let index = items.push(item) - 1;
    while (index > 0) {
      const above = (index - 1) >> 1;
      if (!this.isBefore(item, items[above] as T)) break;
      items[index] = items[above] as T;
      index = above;
    }
    items[index] = item;
  }

  /** Removes the smallest item. */
  pop(): void {
    const last = this.items.pop();
    if (last !== undefined && this.items.length > 0) this.sink(last);
  }

  /** Restores the order after the smallest item has changed. */
  update(): void {
    if (this.items.length > 0) this.sink(this.items[0] as T);
  }

  private sink(item: T): void {
    const { items } = this;
    let index = 0;
    for (;;) {
      let below = 2 * index + 1;
      if (below >= items.length) break;
      if (below + 1 < items.length && this.isBefore(items[below + 1] as T, items[below] as T)) below += 1;
      if (!this.isBefore(items[below] as T, item)) break;
      items[index] = items[below] as T;
      index = below;
    }
    items[index] = item;
  }
}
