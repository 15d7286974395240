import { isId, newId } from './ids';

describe('ids', () => {
  it('are 24 lower-case hex characters that begin with the second of creation', () => {
    const id = newId(Date.parse('2100-01-01T00:00:00Z'));
    expect(id).toMatch(/^[0-9a-f]{24}$/);
    expect(parseInt(id.slice(0, 8), 16)).toBe(Date.parse('2100-01-01T00:00:00Z') / 1000);
  });

  it('sort in the order of creation, within a second, across seconds, and when the clock steps back', () => {
    const start = Date.parse('2100-01-02T00:00:00Z');
    const ids = Array.from({ length: 100_000 }, (_, i) => newId(start + Math.floor(i / 20) - (i % 7 === 0 ? 5000 : 0)));
    expect(new Set(ids).size).toBe(ids.length);
    expect([...ids].sort()).toEqual(ids);
  });

  it.each([
    ['507f1f77bcf86cd799439011', true],
    ['507F1F77BCF86CD799439011', true],
    ['507f1f77bcf86cd79943901', false],
    ['507f1f77bcf86cd7994390111', false],
    ['507f1f77bcf86cd79943901g', false],
    ['507f1f77bcf86cd799439011\n', false],
    [507, false],
    [undefined, false],
  ])('are distinguished from other values: %j', (value, expected) => expect(isId(value)).toBe(expected));
});
