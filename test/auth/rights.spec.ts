import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { KEY_TYPES } from '../../src/auth/key-type';
import { refusalFor } from '../../src/auth/right';
import { RIGHTS, type RouteRight } from '../../src/auth/rights';
import { rightsTable, withRightsTable } from '../../src/auth/rights-table';

const DOCUMENT = JSON.parse(readFileSync(join(__dirname, '..', '..', 'docs', 'openapi.json'), 'utf8')) as {
  paths: Record<string, Record<string, { operationId: string; security?: unknown }>>;
};
const rights = Object.entries<RouteRight>(RIGHTS);
const UNBOUND = { writeOnly: false, dataSourceId: null };

it('names every operation that takes a key by its route, and nothing else', () => {
  const operations = Object.entries(DOCUMENT.paths).flatMap(([path, methods]) =>
    Object.entries(methods).flatMap(([method, { operationId, security }]) =>
      security ? [[operationId, `${method.toUpperCase()} ${path.replace(/\{(\w+)\}/g, ':$1')}`]] : [],
    ),
  );
  expect(Object.fromEntries(rights.map(([action, { route }]) => [action, route]))).toEqual(
    Object.fromEntries(operations),
  );
});

it('is the table of docs/keys.md: `npm run docs:openapi` writes it', () => {
  const page = readFileSync(join(__dirname, '..', '..', 'docs', 'keys.md'), 'utf8');
  expect(page).toContain(rightsTable());
  expect(withRightsTable(page.replace('| yes | yes | yes |', '| no |'))).toBe(page);
});

it('is what docs/api.md says of each route', () => {
  const rows = readFileSync(join(__dirname, '..', '..', 'docs', 'api.md'), 'utf8').matchAll(
    /^\| `([A-Z]+ \/api\S+)` \| ([^|]+) \|/gm,
  );
  const said = Object.fromEntries([...rows].map(([, route, who]) => [route, who]));
  const wanted = rights.map(([, { route, types }]) => [route, types.length === 3 ? 'any' : types.join(', ')]);
  expect(said).toEqual(Object.fromEntries(wanted));
});

it.each(rights)('says what a key without the right to %s is answered', (_action, right) => {
  for (const type of KEY_TYPES) {
    const refused = refusalFor({ ...UNBOUND, type }, right);
    if (right.types.includes(type)) expect(refused).toBeUndefined();
    else expect(refused).toEqual({ status: 403, message: expect.stringMatching(/^(Only Admin|Read) keys /) });
  }
});

it('lets Read keys do nothing but read, and replace themselves', () => {
  const changing = rights.filter(([, { route, types }]) => types.includes('read') && !route.startsWith('GET '));
  expect(changing.map(([action]) => action)).toEqual(['rotateOwnApiKey', 'queryData', 'previewAlertRule']);
});

it('lets write-only keys ingest, create data sources, and ask about and replace themselves', () => {
  const allowed = rights.filter(
    ([, right]) => !refusalFor({ type: 'write', writeOnly: true, dataSourceId: null }, right),
  );
  expect(allowed.map(([action]) => action)).toEqual([
    ...['getOwnApiKey', 'rotateOwnApiKey', 'createDataSource', 'createManyDataSources', 'ingestPoint', 'ingestBatch'],
  ]);
});

it('lets bound keys do what other keys of their type do, but create data sources', () => {
  for (const type of ['write', 'read'] as const) {
    const mayNot = rights.filter(
      ([, right]) =>
        !refusalFor({ ...UNBOUND, type }, right) && refusalFor({ type, writeOnly: false, dataSourceId: 'x' }, right),
    );
    expect(mayNot.map(([action]) => action)).toEqual(
      type === 'write' ? ['createDataSource', 'createManyDataSources'] : [],
    );
  }
});
