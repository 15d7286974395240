import { LruMap } from './lru-map';

it('drops the entry that was used the longest ago once it is full', () => {
  const map = new LruMap<string, number>(2);
  map.set('a', 1);
  map.set('b', 2);
  expect(map.get('a')).toBe(1);
  map.set('c', 3);
  expect([map.get('a'), map.get('b'), map.get('c'), map.size]).toEqual([1, undefined, 3, 2]);
});

it('replaces a value without dropping another', () => {
  const map = new LruMap<string, number>(2);
  map.set('a', 1);
  map.set('b', 2);
  map.set('b', 3);
  expect([map.get('a'), map.get('b'), map.size]).toEqual([1, 3, 2]);
});

it('makes room by weight, and keeps nothing that is too heavy alone', () => {
  const map = new LruMap<string, number>(10, (value) => value);
  for (const [key, weight] of Object.entries({ a: 4, b: 3, c: 3 })) map.set(key, weight);
  map.set('d', 6);
  expect([...map]).toEqual([
    ['c', 3],
    ['d', 6],
  ]);
  map.set('e', 11);
  map.set('d', 2);
  expect([[...map], map.weight]).toEqual([
    [
      ['c', 3],
      ['d', 2],
    ],
    5,
  ]);
  map.delete('c');
  expect([map.get('c'), map.weight, map.size]).toEqual([undefined, 2, 1]);
});
