import type { IngestSource } from '../sources/ingest-source';
import type { Schema } from '../sources/schema';
import { OpenSources } from './open-sources';

const SCHEMA: Schema = [{ name: 'level', type: 'number', slot: 0 }];

function rowOf(id: string, number: number, schema = SCHEMA): IngestSource {
  return {
    ...{ id, number, bucketId: 'b', schema: JSON.stringify(schema), status: 'active', watchVersion: 0 },
    ...{ metadataCount: 0, nextMetadata: 1, metadataVersion: 0, metadataStamp: 0 },
  };
}

it('shares one compiled check among data sources with equal schemas', () => {
  const sources = new OpenSources();
  const [one, other] = [sources.open(rowOf('one', 1)), sources.open(rowOf('other', 2))];
  expect([one.id, one.number, other.id, other.number]).toEqual(['one', 1, 'other', 2]);
  expect(other.check).toBe(one.check);
  expect(sources.open(rowOf('one', 1))).toBe(one);
});

it('opens a data source again after its schema has changed', () => {
  const sources = new OpenSources();
  const before = sources.open(rowOf('one', 1));
  const after = sources.open(rowOf('one', 1, [...SCHEMA, { name: 'open', type: 'boolean', slot: 1 }]));
  expect(after.schema.map(({ name }) => name)).toEqual(['level', 'open']);
  expect(after.check).not.toBe(before.check);
  expect(sources.inMemory('one')).toBe(after);
  expect(sources.inMemory('other')).toBeUndefined();
});
