import { getMetadataArgsStorage } from 'typeorm';
import { ApiKey } from './api-key.entity';
import { OWN_COLUMNS, replacementOf } from './replacement-key';

/** Whatever columns the entity has, now or later. */
const COLUMNS = getMetadataArgsStorage()
  .columns.filter(({ target }) => target === ApiKey)
  .map(({ propertyName }) => propertyName);
const OWN: readonly string[] = OWN_COLUMNS;

const rowOf = (prefix: string) =>
  Object.fromEntries(COLUMNS.map((column) => [column, `${prefix} ${column}`])) as unknown as ApiKey;
const old = rowOf('old');
const line = { lineId: 'the line', key: old, newest: rowOf('newest'), living: [old] };
const replaced = replacementOf(line, rowOf('fresh'), { retireOnFirstUse: true, madeBy: 'self' });

it.each(COLUMNS.filter((column) => !OWN.includes(column)))('copies %s from the key that is replaced', (column) => {
  expect(replaced[column as keyof ApiKey]).toBe(`old ${column}`);
});

it('has its own identity, and was never used', () => {
  const own = Object.fromEntries(OWN_COLUMNS.map((column) => [column, replaced[column]]));
  expect(own).toEqual({
    ...{ id: 'fresh id', hash: 'fresh hash', hint: 'fresh hint', pepper: 'fresh pepper', createdAt: 'fresh createdAt' },
    ...{ lastUsedAt: null, lastAddress: null, lastUserAgent: null },
    ...{ lineId: 'the line', replaces: 'old id', replacedBy: null, newestId: null, retires: 'old id', madeBy: 'self' },
    expiresAt: 'newest expiresAt',
  });
});

it('has every column', () => {
  expect(Object.keys(replaced).sort()).toEqual([...COLUMNS].sort());
});

it('retires nothing on first use unless that was requested', () => {
  expect(replacementOf(line, rowOf('fresh'), { retireOnFirstUse: false, madeBy: 'admin' }).retires).toBeNull();
});
