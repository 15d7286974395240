import fc from 'fast-check';
import { PriorityQueue } from './priority-queue';

it('merges sorted lists into one sorted list', () => {
  fc.assert(
    fc.property(fc.array(fc.array(fc.integer()).map((list) => list.sort((one, other) => one - other))), (lists) => {
      const queue = new PriorityQueue<{ at: number; readonly list: readonly number[] }>(
        (one, other) => (one.list[one.at] as number) < (other.list[other.at] as number),
      );
      for (const list of lists) if (list.length > 0) queue.push({ at: 0, list });
      const merged: number[] = [];
      for (let first = queue.first; first; first = queue.first) {
        merged.push(first.list[first.at] as number);
        first.at += 1;
        if (first.at < first.list.length) queue.update();
        else queue.pop();
      }
      expect(merged).toEqual(lists.flat().sort((one, other) => one - other));
    }),
  );
});
