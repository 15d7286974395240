// Not from `pg` itself, which a server on SQLite does not load.
import TypeOverrides from 'pg/lib/type-overrides';

/** Object ids of types, from PostgreSQL's catalog `pg_type`. */
const OIDS = { int8: 20, numeric: 1700 } as const;

/**
 * Parses `bigint`, and `numeric`, which is the type of their sum, as JavaScript numbers instead of strings. All stored values are
 * below 2^53.
 */
export const NUMBERS = new TypeOverrides();
NUMBERS.setTypeParser(OIDS.int8, Number);
NUMBERS.setTypeParser(OIDS.numeric, Number);
