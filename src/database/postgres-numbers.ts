import { TypeOverrides, types } from 'pg';

/**
 * Parses `bigint`, and `numeric`, which is the type of their sum, as JavaScript numbers instead of strings. All stored values are
 * below 2^53.
 */
export const NUMBERS = new TypeOverrides();
NUMBERS.setTypeParser(types.builtins.INT8, Number);
NUMBERS.setTypeParser(types.builtins.NUMERIC, Number);
