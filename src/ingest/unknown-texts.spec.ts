import { countUnknownTexts } from './unknown-texts';

const point = (dataSourceId: string, metadata: string | null) => ({ dataSourceId, metadata });

it('counts each unknown text of a data source once', () => {
  const points = [
    point('a', 'x'),
    point('a', 'x'),
    point('b', 'x'),
    point('a', null),
    point('a', 'known'),
    point('b', 'x'),
  ];
  expect(countUnknownTexts(points, (_, text) => text === 'known')).toBe(2);
});
