import fc from 'fast-check';
import { FairLruMap } from './fair-lru-map';

it('drops the least recently used entry of the owner that has the most', () => {
  const dropped: number[] = [];
  const map = new FairLruMap<number>(4, (value) => dropped.push(value));
  map.set('small', 's', 0);
  for (const key of ['a', 'b', 'c']) map.set('large', key, key.charCodeAt(0));
  expect(map.get('a')).toBe(97);
  map.set('large', 'd', 100);
  map.set('small', 't', 1);
  expect(dropped).toEqual([98, 99]);
  expect(['s', 't', 'a', 'd'].map((key) => map.get(key))).toEqual([0, 1, 97, 100]);
});

it('never holds more than its bound, and never takes from an owner with less than an equal share', () => {
  const most = 12;
  const steps = fc.array(
    fc.record({ owner: fc.nat(3), key: fc.nat(30), isDeleted: fc.boolean(), isRead: fc.boolean() }),
    { maxLength: 300 },
  );
  fc.assert(
    fc.property(steps, (all) => {
      const dropped: string[] = [];
      const map = new FairLruMap<string>(most, (key) => dropped.push(key));
      const model = new Map<string, number>();
      for (const { owner, key, isDeleted, isRead } of all) {
        const name = `${owner} ${key}`;
        if (isRead) expect(map.get(name)).toBe(model.has(name) ? name : undefined);
        else if (isDeleted) {
          map.delete(name);
          model.delete(name);
        } else {
          map.set(String(owner), name, name);
          const counts = [0, 1, 2, 3].map((one) => [...model.values()].filter((of) => of === one).length);
          for (const gone of dropped.splice(0)) {
            expect(counts[model.get(gone) ?? -1]).toBe(Math.max(...counts));
            model.delete(gone);
          }
          model.set(name, owner);
        }
        expect(map.size).toBe(model.size);
        expect(map.size).toBeLessThanOrEqual(most);
      }
      expect([...map.values()].sort()).toEqual([...model.keys()].sort());
    }),
  );
});
