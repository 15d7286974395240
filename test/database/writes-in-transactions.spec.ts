import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const SOURCE = join(__dirname, '..', '..', 'src');
const FILES = readdirSync(SOURCE, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.ts') && !file.endsWith('.spec.ts') && !file.includes('migrations'))
  .map((file) => ({ file, text: readFileSync(join(SOURCE, file), 'utf8') }));

/** Managers that are not those of a transaction of the writer. */
const OUTSIDE = String.raw`(?:this\.)?(?:dataSource\.manager|dataSource|manager\.connection)`;
const WRITING_METHODS =
  'save|insert|upsert|update|delete|remove|softDelete|softRemove|increment|decrement|clear|transaction';
const WRITING_SQL = /\b(INSERT INTO|UPDATE \w|DELETE FROM|TRUNCATE|CREATE TABLE|ALTER TABLE|DROP TABLE)\b/;

/** The repositories that a class is given to read with. */
function repositoriesOf(text: string): string[] {
  return [...text.matchAll(/@InjectRepository\(\w+\)\s*private readonly (\w+)/g)].map(
    ([, name = '']) => `this\\.${name}`,
  );
}

/** The SQL that an expression names: a text in place, or a constant of its file. */
function sqlOf(expression: string, text: string): string {
  if (/^[`']/.test(expression)) return expression;
  const constant = new RegExp(`const ${expression}\\b[^=]*=([^;]*);`).exec(text);
  return constant?.[1] ?? '';
}

/**
 * What SQLite refuses by itself (its reading connection is `query_only`) would pass on PostgreSQL, without the deadlines, the
 * check of the schema's version and `synchronous_commit` of the writer's transactions.
 */
it('writes only through the writer, whose transactions are bounded and on disk', () => {
  const wrong = FILES.flatMap(({ file, text }) => {
    const outside = [OUTSIDE, ...repositoriesOf(text)].join('|');
    const methods = [...text.matchAll(new RegExp(`(?:${outside})\\s*\\.(?:${WRITING_METHODS})\\(`, 'g'))];
    const statements = [
      ...text.matchAll(new RegExp(`\\b(query|change|queryLists)\\(\\s*(?:${OUTSIDE}),\\s*([\\w.]+|[\`'][^\`']*)`, 'g')),
      ...text.matchAll(new RegExp(`(?:${OUTSIDE})\\s*\\.(query)(?:<[^(]*>)?\\(\\s*([\\w.]+|[\`'][^\`']*)`, 'g')),
    ].filter(([, how, expression = '']) => how === 'change' || WRITING_SQL.test(sqlOf(expression, text)));
    return [...methods, ...statements].map(([found]) => `${file}: ${found}`);
  });
  expect(wrong).toEqual([]);
});

it('finds a write that goes around it', () => {
  const text = 'const MARK = `UPDATE t SET a = 1`;\nquery(this.dataSource.manager, MARK, []);';
  expect(WRITING_SQL.test(sqlOf('MARK', text))).toBe(true);
  expect(WRITING_SQL.test(sqlOf('`DELETE FROM t`', ''))).toBe(true);
});
