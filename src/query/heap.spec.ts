import fc from 'fast-check';
import { Heap } from './heap';

it('merges sorted lists as sorting all of them does', () => {
  fc.assert(
    fc.property(fc.array(fc.array(fc.integer()).map((list) => list.sort((one, other) => one - other))), (lists) => {
      const heap = new Heap<{ at: number; readonly list: readonly number[] }>(
        (one, other) => (one.list[one.at] as number) < (other.list[other.at] as number),
      );
      for (const list of lists) if (list.length > 0) heap.push({ at: 0, list });
      const merged: number[] = [];
      for (let first = heap.first; first; first = heap.first) {
        merged.push(first.list[first.at] as number);
        first.at += 1;
        if (first.at < first.list.length) heap.update();
        else heap.pop();
      }
      expect(merged).toEqual(lists.flat().sort((one, other) => one - other));
    }),
  );
});
