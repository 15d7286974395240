import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { KEY_TYPES } from '../../src/auth/key-type';
import { refusalFor } from '../../src/auth/right';
import { rightsTable, withRightsTable } from '../../src/auth/rights-table';
import { routeRules } from '../../src/auth/route-rights';
import { APP, RIGHTS } from '../support/rights';

const ROOT = join(__dirname, '..', '..');
const DOCUMENT = JSON.parse(readFileSync(join(ROOT, 'docs', 'openapi.json'), 'utf8')) as {
  paths: Record<string, Record<string, { operationId: string; security?: unknown }>>;
};
/** Routes for session keys alone, and for other keys alone. */
const BY_SESSION = { sessions: ['deleteSession'], others: ['rotateOwnApiKey', 'createSession'] };
/** Routes of InfluxDB's clients. */
const BY_LINES = ['runInfluxStatement', 'writeBucketLines', 'writeDatabaseLines', 'writeLines'];
const UNBOUND = { writeOnly: false, dataSourceId: null };

it('has a rule for every route: @RequireKeyType, @RequireAnyKey or @Public', () => {
  const rules = routeRules(APP);
  expect(rules.length).toBeGreaterThan(RIGHTS.length);
  expect(rules.filter(({ rule }) => rule === undefined).map(({ route }) => route)).toEqual([]);
});

it('covers every operation of the OpenAPI document that takes a key, and no other', () => {
  const operations = Object.entries(DOCUMENT.paths).flatMap(([path, methods]) =>
    Object.entries(methods).flatMap(([method, { operationId, security }]) =>
      security ? [[operationId, `${method.toUpperCase()} ${path.replace(/\{(\w+)\}/g, ':$1')}`]] : [],
    ),
  );
  expect(Object.fromEntries(RIGHTS.map(({ operation, route }) => [operation, route]))).toEqual(
    Object.fromEntries(operations),
  );
});

it('is the table of docs/keys.md: `npm run docs:openapi` writes it', () => {
  const page = readFileSync(join(ROOT, 'docs', 'keys.md'), 'utf8');
  expect(page).toContain(rightsTable(RIGHTS));
  expect(withRightsTable(page.replace('| yes | yes | yes |', '| no |'), RIGHTS)).toBe(page);
});

it('is what docs/api.md says of each route', () => {
  const rows = readFileSync(join(__dirname, '..', '..', 'docs', 'api.md'), 'utf8').matchAll(
    /^\| `([A-Z]+ \/(?:api|metrics|query|write)\S*)` \| ([^|]+) \|/gm,
  );
  const said = Object.fromEntries([...rows].map(([, route, who]) => [route, who]));
  const wanted = RIGHTS.map(({ route, right: { types } }) => [route, types.length === 3 ? 'any' : types.join(', ')]);
  const open = routeRules(APP).filter(({ route, rule }) => rule === 'public' && route.includes(' /api/'));
  const forAll = open.map(({ route }) => [route, 'none']);
  expect(said).toEqual(Object.fromEntries([...wanted, ...forAll]));
});

it.each(RIGHTS)('rejects keys of other types on $route with a sentence', ({ right }) => {
  for (const type of KEY_TYPES) {
    const refused = refusalFor({ ...UNBOUND, type }, right);
    if (right.types.includes(type)) expect(refused).toBeUndefined();
    else
      expect(refused).toEqual({
        status: 403,
        code: expect.any(String),
        message: expect.stringMatching(/^(Only Admin|Read) keys /),
      });
  }
});

it('lets Read keys only read, rotate themselves, open and end sessions, and create tickets of streams', () => {
  const changing = RIGHTS.filter(({ route, right: { types } }) => types.includes('read') && !route.startsWith('GET '));
  expect(changing.map(({ operation }) => operation)).toEqual([
    ...['rotateOwnApiKey', 'createSession', 'deleteSession', 'runInfluxStatement', 'queryData', 'createStreamTicket'],
    ...['parseAlertCondition', 'previewAlertRule'],
  ]);
});

it('lets write-only keys ingest on every way, create data sources, read and rotate themselves, and open and end sessions', () => {
  const allowed = RIGHTS.filter(
    ({ right }) => !refusalFor({ type: 'write', writeOnly: true, dataSourceId: null }, right),
  );
  expect(allowed.map(({ operation }) => operation)).toEqual([
    ...[
      'getOwnApiKey',
      'rotateOwnApiKey',
      'createSession',
      'deleteSession',
      'createDataSource',
      'createManyDataSources',
      'ingestPoint',
      'ingestBatch',
      'ingestCsv',
    ],
    ...BY_LINES,
  ]);
});

it('lets bound keys use every route of their type, except those that create data sources', () => {
  for (const type of ['write', 'read'] as const) {
    const mayNot = RIGHTS.filter(
      ({ right }) =>
        !refusalFor({ ...UNBOUND, type }, right) && refusalFor({ type, writeOnly: false, dataSourceId: 'x' }, right),
    );
    expect(mayNot.map(({ operation }) => operation)).toEqual(
      type === 'write' ? ['createDataSource', 'createManyDataSources', ...BY_LINES.slice(1)] : [],
    );
  }
});

it('gives session keys the rights of their key, but for opening sessions and rotating themselves', () => {
  for (const type of KEY_TYPES) {
    const allowed = (sessionId: string | null) =>
      RIGHTS.filter(({ right }) => !refusalFor({ ...UNBOUND, type, sessionId }, right)).map(
        ({ operation }) => operation,
      );
    const [ofKey, ofSession] = [allowed(null), allowed('x')];
    expect(ofKey.filter((operation) => !ofSession.includes(operation))).toEqual(BY_SESSION.others);
    expect(ofSession.filter((operation) => !ofKey.includes(operation))).toEqual(BY_SESSION.sessions);
  }
});
