import { AbsentMetadata, MAX_ABSENT_CHARACTERS } from './absent-metadata';

it('knows what a source does not have while its row has the same stamp', () => {
  const absent = new AbsentMetadata();
  absent.set(1, 10, new Set(['a', 'b']));
  expect([...absent.of(1, 10)]).toEqual(['a', 'b']);
  expect(absent.of(1, 11).size).toBe(0);
  expect(absent.of(2, 10).size).toBe(0);
  absent.set(1, 11, new Set(['b']));
  expect([...absent.of(1, 11)]).toEqual(['b']);
  expect(absent.of(1, 10).size).toBe(0);
  absent.clear();
  expect(absent.of(1, 11).size).toBe(0);
});

it('holds a bounded number of characters', () => {
  const absent = new AbsentMetadata();
  absent.set(1, 1, new Set(['x'.repeat(MAX_ABSENT_CHARACTERS - 10)]));
  absent.set(2, 1, new Set(['y'.repeat(100)]));
  expect([absent.of(1, 1).size, absent.of(2, 1).size]).toEqual([0, 1]);
  absent.set(3, 1, new Set(['z'.repeat(MAX_ABSENT_CHARACTERS)]));
  expect([absent.of(2, 1).size, absent.of(3, 1).size]).toEqual([1, 0]);
});
