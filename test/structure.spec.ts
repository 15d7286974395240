import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';

const SOURCE = join(__dirname, '..', 'src');

/** Which rooms each room may import from. What is not listed may import everything: the files beside the rooms. */
const MAY_IMPORT: Record<string, readonly string[]> = {
  common: [],
  limits: ['common'],
  access: ['common', 'limits'],
  database: ['common'],
  scheduling: ['common', 'access'],
  audit: ['common', 'access', 'database', 'organizations', 'scheduling'],
  idempotency: ['common', 'database'],
  organizations: ['common', 'database'],
  buckets: ['common', 'access', 'database', 'scheduling', 'organizations', 'idempotency'],
  'api-keys': ['common', 'limits', 'access', 'database', 'scheduling', 'organizations', 'buckets', 'idempotency'],
  usage: ['common', 'access', 'database', 'buckets', 'api-keys'],
  'data-sources': ['common', 'access', 'database', 'scheduling', 'buckets', 'idempotency'],
  points: ['common', 'database', 'data-sources'],
  ingest: ['common', 'access', 'database', 'scheduling', 'buckets', 'data-sources', 'points'],
  queries: ['common', 'access', 'database', 'scheduling', 'buckets', 'data-sources', 'points'],
  data: ['common', 'access', 'database', 'buckets', 'data-sources', 'points', 'queries'],
  analytics: [
    ...['common', 'access', 'database', 'scheduling', 'buckets', 'data-sources', 'points', 'queries', 'usage'],
  ],
  webhooks: ['common', 'database'],
  conditions: ['common', 'data-sources', 'points'],
  rules: ['common', 'database', 'data-sources', 'points', 'ingest', 'webhooks', 'conditions'],
  alerts: [
    ...['common', 'access', 'database', 'buckets', 'data-sources', 'points', 'queries', 'analytics', 'webhooks'],
    ...['conditions', 'rules', 'scheduling', 'idempotency'],
  ],
  previews: [
    ...[
      'common',
      'access',
      'scheduling',
      'buckets',
      'data-sources',
      'points',
      'queries',
      'conditions',
      'rules',
      'alerts',
    ],
  ],
  deliveries: [
    'common',
    'access',
    'scheduling',
    'data-sources',
    'queries',
    'webhooks',
    'conditions',
    'rules',
    'alerts',
  ],
  setup: ['common', 'access', 'database', 'audit', 'organizations', 'api-keys', 'webhooks'],
  health: ['common', 'access', 'database'],
  // Besides rooms, the files beside them: it stands where they do.
  cli: ['', 'common', 'access', 'database', 'audit', 'organizations', 'api-keys', 'points', 'ingest', 'setup'],
};

const files = readdirSync(SOURCE, { recursive: true, encoding: 'utf8' }).filter(
  (file) => file.endsWith('.ts') && !file.endsWith('.spec.ts'),
);

function importsOf(file: string): string[] {
  const text = readFileSync(join(SOURCE, file), 'utf8');
  const named = [...text.matchAll(/(?:from|import)\s*\(?\s*'(\.[^']+)'/g)].map(([, path = '']) => path);
  return named.map((path) => relative(SOURCE, join(SOURCE, dirname(file), path)));
}

const roomOf = (file: string) => (file.includes(sep) ? (file.split(sep)[0] ?? '') : '');

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
