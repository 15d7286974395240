import { COLUMN_SLOTS } from '../data-sources/schema';
import { othersOf, type PackedPoint } from '../points/values';
import type { SimpleCondition } from './condition';

/** What the values of one field lie between, in many points. */
export class Cover {
  least = Infinity;
  most = -Infinity;

  add(value: number): void {
    if (value < this.least) this.least = value;
    if (value > this.most) this.most = value;
  }

  /** Whether some of the values may meet a condition. If not, none does. */
  someMay({ operator, value }: SimpleCondition): boolean {
    switch (operator) {
      case 'gt':
        return this.most > value;
      case 'gte':
        return this.most >= value;
      case 'lt':
        return this.least < value;
      case 'lte':
        return this.least <= value;
      case 'eq':
        return this.least <= value && value <= this.most;
      case 'ne':
        return this.least !== value || this.most !== value;
      case 'between':
        return this.least <= value[1] && value[0] <= this.most;
    }
  }

  /** Whether all of the values are known to meet a condition. If not, some may fail to. */
  allMust({ operator, value }: SimpleCondition): boolean {
    switch (operator) {
      case 'gt':
        return this.least > value;
      case 'gte':
        return this.least >= value;
      case 'lt':
        return this.most < value;
      case 'lte':
        return this.most <= value;
      case 'eq':
        return this.least === value && this.most === value;
      case 'ne':
        return this.most < value || this.least > value;
      case 'between':
        return this.least >= value[0] && this.most <= value[1];
    }
  }
}

/** The covers of the fields that have any number in these points, by name. */
export function coverOf(
  points: readonly PackedPoint[],
  slots: ReadonlyMap<string, number>,
): ReadonlyMap<string, Cover> {
  const covers = new Map<string, Cover>();
  for (const [field, slot] of slots) {
    const cover = new Cover();
    let isThere = false;
    for (const point of points) {
      const value = slot < COLUMN_SLOTS ? point.columns[slot] : othersOf(point)[slot];
      if (typeof value !== 'number') continue;
      cover.add(value);
      isThere = true;
    }
    if (isThere) covers.set(field, cover);
  }
  return covers;
}
