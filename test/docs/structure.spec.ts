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
  'api-keys/usage': ['common', 'auth', 'database', 'buckets', 'api-keys'],
  sources: ['common', 'auth', 'database', 'scheduling', 'buckets', 'idempotency'],
  points: ['common', 'database', 'sources'],
  ingest: ['common', 'auth', 'database', 'scheduling', 'buckets', 'sources', 'points'],
  query: ['common', 'auth', 'database', 'scheduling', 'buckets', 'sources', 'points'],
  retention: ['common', 'auth', 'database', 'buckets', 'sources', 'points', 'query'],
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
  setup: ['common', 'auth', 'database', 'audit', 'organizations', 'api-keys', 'webhooks'],
  health: ['common', 'auth', 'database'],
  home: ['common', 'auth'],
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

it('names neither other folders of the machine nor synchronize: true', () => {
  for (const file of files)
    expect(readFileSync(join(SOURCE, file), 'utf8')).not.toMatch(/synchronize: true|from '\.\.\/\.\.\/\.\.\/\.\.\//);
});
