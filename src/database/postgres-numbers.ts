import { TypeOverrides, types } from 'pg';

/**
 * How a connection reads numbers: `bigint`, and `numeric`, which PostgreSQL makes of a sum of them, as JavaScript numbers
 * instead of texts. Every value that the tables hold is below 2^53.
 */
export const NUMBERS = new TypeOverrides();
NUMBERS.setTypeParser(types.builtins.INT8, Number);
NUMBERS.setTypeParser(types.builtins.NUMERIC, Number);
