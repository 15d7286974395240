import type { DataSource, EntityManager, EntityTarget, ObjectLiteral } from 'typeorm';
import type { ColumnMetadata } from 'typeorm/metadata/ColumnMetadata';
import type { SqlValue } from './sql';

/** A column of an entity's table. */
export interface EntityColumn {
  readonly name: string;
  readonly property: string;
  readonly isPrimary: boolean;
  /** Converts a property to its stored value; undefined if they are equal. */
  readonly toDatabase: ((value: unknown) => SqlValue) | undefined;
  /** Converts a stored value to the property; undefined if they are equal. */
  readonly fromDatabase: ((value: SqlValue) => unknown) | undefined;
}

/** An entity's table, as its decorators describe it. */
export interface EntityTable {
  readonly name: string;
  readonly columns: readonly EntityColumn[];
}

/** Types whose values both drivers accept and return unchanged. */
const PLAIN_TYPES = ['varchar', 'text', 'integer', 'smallint', 'bigint', 'float', 'double precision', 'double'];

const tables = new WeakMap<DataSource, Map<unknown, EntityTable>>();

/** The table of an entity, without the cost of TypeORM's query builder for each statement (`docs/decisions/0044-bulk-insert.md`). */
export function tableOf<Entity extends ObjectLiteral>(
  { connection }: EntityManager,
  target: EntityTarget<Entity>,
): EntityTable {
  let known = tables.get(connection);
  if (!known) tables.set(connection, (known = new Map<unknown, EntityTable>()));
  let table = known.get(target);
  if (!table) {
    const { tableName, columns } = connection.getMetadata(target);
    table = { name: tableName, columns: columns.map((column) => columnOf(connection, column)) };
    known.set(target, table);
  }
  return table;
}

function columnOf({ driver }: DataSource, column: ColumnMetadata): EntityColumn {
  const isPlain = !column.transformer && PLAIN_TYPES.includes(String(column.type));
  return {
    name: driver.escape(column.databaseName),
    property: column.propertyName,
    isPrimary: column.isPrimary,
    toDatabase: isPlain ? undefined : (value) => driver.preparePersistentValue(value, column) as SqlValue,
    fromDatabase: isPlain ? undefined : (value) => driver.prepareHydratedValue(value, column) as unknown,
  };
}
