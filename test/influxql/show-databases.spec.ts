import { InfluxQLService } from '../../src/influxql/influxql.service';

it('shows the names of the buckets that the key can access', async () => {
  const names = ['home', 'plant'];
  const databases = { names: () => Promise.resolve(names), bucketIdOf: () => Promise.reject(new Error('not asked')) };
  const context = { databases, now: 0, key: {} as never, yieldTurn: () => Promise.resolve() };
  const shown: unknown[] = [];
  for await (const { pages, ...series } of new InfluxQLService().run({ kind: 'showDatabases' }, context)) {
    const rows: unknown[] = [];
    for await (const page of pages) rows.push(...page);
    shown.push({ ...series, rows });
  }
  expect(shown).toEqual([{ name: 'databases', columns: ['name'], hasTime: false, rows: [['home'], ['plant']] }]);
});
