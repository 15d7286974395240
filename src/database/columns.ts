import { Column, PrimaryColumn, type ColumnOptions } from 'typeorm';

/** The primary key of every table: 24 hex characters, made by the server. */
export function IdColumn(name = 'id'): PropertyDecorator {
  return PrimaryColumn({ name, type: 'varchar', length: 24 });
}

/** A reference to another row's id. */
export function ReferenceColumn(name: string, options: ColumnOptions = {}): PropertyDecorator {
  return Column({ name, type: 'varchar', length: 24, ...options });
}

/** A moment, in milliseconds since 1970. The same number on both databases. */
export function MillisColumn(name: string, options: ColumnOptions = {}): PropertyDecorator {
  return Column({ name, type: 'bigint', ...options });
}

/** A whole number of any size up to 2^53. */
export function WholeColumn(name: string, options: ColumnOptions = {}): PropertyDecorator {
  return Column({ name, type: 'bigint', ...options });
}
