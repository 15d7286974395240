import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';

const SOURCE = join(__dirname, '..', '..', 'src');

/**
 * Which rooms each room may import from. A folder that is listed with its path is a room of its own inside another. What is not
 * listed may import everything: the files beside the rooms.
 */
const MAY_IMPORT: Record<string, readonly string[]> = {
  common: [],
  auth: ['common'],
  database: ['common'],
  scheduling: ['common', 'auth'],
  audit: ['common', 'auth', 'database', 'organizations', 'scheduling'],
  idempotency: ['common', 'database'],
  organizations: ['common', 'database'],
  buckets: ['common', 'auth', 'database', 'scheduling', 'organizations', 'idempotency'],
  'api-keys': ['common', 'auth', 'database', 'scheduling', 'organizations', 'buckets', 'idempotency'],
  'api-keys/usage': ['common', 'auth', 'database', 'scheduling', 'buckets', 'api-keys'],
  'api-keys/sessions': ['common', 'auth', 'database', 'buckets', 'api-keys'],
  sources: ['common', 'auth', 'database', 'scheduling', 'buckets', 'idempotency'],
  points: ['common', 'database', 'scheduling', 'buckets', 'sources'],
  ingest: ['common', 'auth', 'database', 'scheduling', 'buckets', 'sources', 'points'],
  influx: ['common', 'auth', 'scheduling', 'buckets', 'health', 'ingest', 'query', 'influxql'],
  mqtt: ['common', 'auth', 'scheduling', 'sources', 'ingest'],
  query: ['common', 'auth', 'database', 'scheduling', 'buckets', 'sources', 'points'],
  influxql: ['common', 'auth', 'database', 'scheduling', 'buckets', 'sources', 'points', 'query'],
  live: ['common', 'auth', 'database', 'scheduling', 'buckets', 'sources', 'points', 'ingest', 'query'],
  retention: ['common', 'auth', 'database', 'scheduling', 'buckets', 'sources', 'points', 'query'],
  analytics: ['common', 'auth', 'database', 'scheduling', 'buckets', 'sources', 'points', 'query', 'api-keys/usage'],
  webhooks: ['common', 'database'],
  'alerting/conditions': ['common', 'sources', 'points'],
  'alerting/evaluation': [
    'common',
    'database',
    'buckets',
    'sources',
    'points',
    'ingest',
    'webhooks',
    'alerting/conditions',
  ],
  'alerting/api': [
    ...['common', 'auth', 'database', 'scheduling', 'buckets', 'sources', 'points', 'query', 'webhooks'],
    ...['idempotency', 'alerting/conditions', 'alerting/evaluation'],
  ],
  alerting: [
    ...['common', 'database', 'buckets', 'sources', 'points', 'ingest', 'analytics', 'webhooks'],
    ...['alerting/conditions', 'alerting/evaluation', 'alerting/api'],
  ],
  setup: ['common', 'auth', 'database', 'audit', 'organizations', 'api-keys', 'api-keys/sessions', 'webhooks'],
  health: ['common', 'auth', 'database'],
  'server-info': [
    ...[
      'common',
      'auth',
      'database',
      'scheduling',
      'organizations',
      'ingest',
      'live',
      'points',
      'retention',
      'webhooks',
    ],
  ],
  metrics: ['common', 'auth', 'ingest', 'mqtt', 'server-info'],
  console: ['common', 'auth'],
  // Besides rooms, the files beside them: it stands where they do.
  cli: ['', 'common', 'auth', 'database', 'audit', 'organizations', 'api-keys', 'points', 'ingest', 'setup'],
};

const files = readdirSync(SOURCE, { recursive: true, encoding: 'utf8' }).filter(
  (file) => file.endsWith('.ts') && !file.endsWith('.spec.ts'),
);

function importsOf(file: string): string[] {
  const text = readFileSync(join(SOURCE, file), 'utf8');
  const named = [...text.matchAll(/(?:from|import)\s*\(?\s*'(\.[^']+)'/g)].map(([, path = '']) => path);
  return named.map((path) => relative(SOURCE, join(SOURCE, dirname(file), path)));
}

/** The innermost room that a file is in; the name of its folder where that is no room, and nothing beside the rooms. */
function roomOf(file: string): string {
  const [first = '', second = '', ...rest] = file.split(sep);
  const inner = `${first}/${second}`;
  if (rest.length > 0 && inner in MAY_IMPORT) return inner;
  return second ? first : '';
}

it('has the rooms that the plan has', () => {
  expect([...new Set(files.map(roomOf))].filter(Boolean).sort()).toEqual(Object.keys(MAY_IMPORT).sort());
});

it('imports from one room to another one way only', () => {
  const wrong = files.flatMap((file) => {
    const allowed = MAY_IMPORT[roomOf(file)];
    if (!allowed) return [];
    const others = importsOf(file).filter((path) => roomOf(path) !== roomOf(file));
    return others.filter((path) => !allowed.includes(roomOf(path))).map((path) => `${file} imports ${path}`);
  });
  expect(wrong).toEqual([]);
});

it('has no two files that import each other in a circle', () => {
  const graph = new Map(files.map((file) => [file.replace(/\.ts$/, ''), importsOf(file)]));
  const done = new Set<string>();
  const visit = (file: string, path: readonly string[]): string[] => {
    if (path.includes(file)) return [[...path.slice(path.indexOf(file)), file].join(' -> ')];
    if (done.has(file)) return [];
    const found = (graph.get(file) ?? []).flatMap((next) => visit(next, [...path, file]));
    done.add(file);
    return found;
  };
  expect([...graph.keys()].flatMap((file) => visit(file, []))).toEqual([]);
});

/**
 * Tables that a file may name although another room owns them, each with its reason. Such a file reads them and writes nothing.
 */
const MAY_NAME: Record<string, { readonly tables: readonly string[]; readonly because: string }> = {
  'analytics/organization-figures.ts': {
    tables: ['organizations', 'buckets', 'api_keys', 'data_sources'],
    because: 'counts what an organization has in one statement',
  },
  'retention/retention.ts': {
    tables: ['data_sources', 'buckets'],
    because: 'finds the sources with expired points in one statement for 200 of them',
  },
  'health/clock.ts': { tables: ['organizations'], because: 'reads one row, to show that the tables answer' },
  'database/identity/sqlite-contents.ts': {
    tables: ['audit_head'],
    because: 'identifies a database before it is migrated or opened by any room',
  },
  'database/identity/postgres-contents.ts': {
    tables: ['audit_head'],
    because: 'identifies a database before it is migrated or opened by any room',
  },
};

/** Files that use the entity of another room as a value, which gives them its table. Entities name others for foreign keys. */
const MAY_USE_ENTITY: Record<string, string> = {
  'audit/audit-log.ts': 'counts organizations, which has no service below audit',
  'setup/admin-keys.ts': 'looks for the first Admin key by its hash, in the transaction that creates it',
  'alerting/api/deliveries/deliveries.service.ts': 'reads the source and webhook of a rule that it was allowed to read',
};

const MIGRATIONS = join('database', 'migrations');

/** The room that owns a table: the top folder of its entity. */
const owners = new Map(
  files.flatMap((file) => {
    const [, table] = /@Entity\('([a-z_]+)'/.exec(readFileSync(join(SOURCE, file), 'utf8')) ?? [];
    return table === undefined ? [] : [[table, topOf(file)] as const];
  }),
);

function topOf(file: string): string {
  return file.split(sep)[0] ?? '';
}

/** The tables that a text reads or writes in SQL. */
function tablesIn(text: string): string[] {
  const named = [...text.matchAll(/\b(?:FROM|JOIN|INTO|UPDATE|TABLE)\s+"?([a-z_]+)/g)].map(([, name = '']) => name);
  return [...new Set(named)].filter((name) => owners.has(name));
}

it('names a table only in the room that owns it', () => {
  expect(owners.size).toBeGreaterThan(20);
  const foreign = files
    .filter((file) => !file.startsWith(MIGRATIONS))
    .flatMap((file) =>
      tablesIn(readFileSync(join(SOURCE, file), 'utf8'))
        .filter((table) => owners.get(table) !== topOf(file))
        .map((table) => `${file.split(sep).join('/')} ${table}`),
    );
  const listed = Object.entries(MAY_NAME).flatMap(([file, { tables }]) => tables.map((table) => `${file} ${table}`));
  expect(foreign.sort()).toEqual(listed.sort());
});

it('writes no table of another room', () => {
  const written = Object.keys(MAY_NAME).flatMap((file) => {
    const text = readFileSync(join(SOURCE, file), 'utf8');
    const targets = [...text.matchAll(/\b(?:INTO|UPDATE|DELETE FROM)\s+"?([a-z_]+)/g)].map(([, name = '']) => name);
    return targets.filter((table) => owners.has(table) && owners.get(table) !== topOf(file));
  });
  expect(written).toEqual([]);
});

it('uses an entity as a value only in the room that owns it', () => {
  const foreign = files.filter((file) => {
    if (file.endsWith('.entity.ts') || topOf(file) === file) return false;
    const text = readFileSync(join(SOURCE, file), 'utf8');
    const imports = [...text.matchAll(/import (type )?\{([^}]*)\} from '(\.[^']+\.entity)'/g)];
    return imports.some(([, isType, names = '', path = '']) => {
      const room = topOf(relative(SOURCE, join(SOURCE, dirname(file), path)));
      // Classes have capital letters and constants have none but capitals: only classes are entities.
      return room !== topOf(file) && !isType && /(^|,)\s*[A-Z][a-z]/.test(names);
    });
  });
  expect(foreign.map((file) => file.split(sep).join('/')).sort()).toEqual(Object.keys(MAY_USE_ENTITY).sort());
});

it('names neither other folders of the machine nor synchronize: true', () => {
  for (const file of files)
    expect(readFileSync(join(SOURCE, file), 'utf8')).not.toMatch(/synchronize: true|from '\.\.\/\.\.\/\.\.\/\.\.\//);
});
