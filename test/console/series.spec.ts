import {
  filteredPath,
  seriesFilterOf,
  shortName,
  tagLabel,
  tagParameter,
  withoutTag,
  withTag,
  wordsOf,
} from '../../console/src/screens/bucket/series';
import { parseTag } from '../../src/sources/series-filter';

describe('a filter of series', () => {
  it.each([
    ['host', 'a'],
    ['a:b', 'c:d'],
    ['back\\slash', 'C:\\temp'],
    ['größe', ''],
  ])('has the tag %s=%s as the API reads it', (name, value) => {
    const parameter = tagParameter([name, value]);
    expect(parseTag(parameter)).toEqual([name, value]);
    expect(tagLabel(parameter)).toBe(`${name}=${value}`);
  });

  it('is in the address, and read from it', () => {
    const filter = { measurement: 'cpu load', tag: ['host:a', 'site:north & south'] };
    const path = filteredPath('1', filter);
    expect(path).toBe('/buckets/1?measurement=cpu+load&tag=host%3Aa&tag=site%3Anorth+%26+south');
    expect(seriesFilterOf(new URLSearchParams(path.slice(path.indexOf('?'))))).toEqual(filter);
    expect(filteredPath('1', {})).toBe('/buckets/1');
    expect(seriesFilterOf(new URLSearchParams('measurement='))).toEqual({});
  });

  it('takes a tag once, and gives it back', () => {
    const filter = withTag(withTag(withTag({ measurement: 'cpu' }, 'host:a'), 'site:b'), 'host:a');
    expect(filter).toEqual({ measurement: 'cpu', tag: ['host:a', 'site:b'] });
    expect(withoutTag(withoutTag(filter, 'host:a'), 'site:b')).toEqual({ measurement: 'cpu' });
  });

  it('puts no key into an address', () => {
    expect(filteredPath('1', { tag: [`key:dakkio_w_${'a'.repeat(36)}`] })).not.toContain('aaaaa');
  });
});

describe('a series', () => {
  const source = { name: 'cpu,host=a', type: 'series', measurement: 'cpu', tags: { host: 'A1' } };

  it.each([
    [source, 'cpu'],
    [{ ...source, name: 'First machine' }, 'First machine'],
    [{ name: 'cpu,host=a', type: '' }, 'cpu,host=a'],
  ])('is called by its measurement where its tags are beside it', (one, name) => {
    expect(shortName(one)).toBe(name);
  });

  it('is found by its tags', () => {
    expect(wordsOf({ ...source, name: 'Renamed' })).toContain('host=a1');
  });
});
