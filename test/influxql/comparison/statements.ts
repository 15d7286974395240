import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Statements of one kind. Each name of `each` stands in braces in the statements, and is replaced by each of its values. */
interface Kind {
  readonly kind: string;
  readonly each?: Readonly<Record<string, readonly string[]>>;
  readonly statements: readonly string[];
}

/** All statements that are compared, by kind. */
export function statementsByKind(): [string, string[]][] {
  const kinds = JSON.parse(readFileSync(join(__dirname, 'statements.json'), 'utf8')) as Kind[];
  return kinds.map(({ kind, each = {}, statements }) => [
    kind,
    [...new Set(statements.flatMap((statement) => filled(statement, Object.entries(each))))],
  ]);
}

function filled(statement: string, [first, ...others]: [string, readonly string[]][]): string[] {
  if (!first) return [statement.trim()];
  const [name, values] = first;
  return values.flatMap((value) => filled(statement.replaceAll(`{${name}}`, value), others));
}
