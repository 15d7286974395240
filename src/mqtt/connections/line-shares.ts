/** The part of a bound that one rotation line can use up. */
const SHARE = 1 / 8;

/** Counts what rotation lines use of something that is bounded for all of them, and for each. */
export class LineShares {
  private used = 0;
  private readonly ofLine = new Map<string, number>();

  constructor(private readonly most: number) {}

  hasRoom(line: string, amount = 1): boolean {
    return this.used + amount <= this.most && (this.ofLine.get(line) ?? 0) + amount <= this.most * SHARE;
  }

  add(line: string, amount: number): void {
    const now = (this.ofLine.get(line) ?? 0) + amount;
    this.used += amount;
    if (now > 0) this.ofLine.set(line, now);
    else this.ofLine.delete(line);
  }
}
