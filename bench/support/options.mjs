// The options that every script of bench/ takes.
import { parseArgs } from 'node:util';

const LEAST_ROUNDS = 5;

/**
 * `--seconds N` for a round, `--rounds N`, and `--write` to store the report in bench/RESULTS.md. `--points N` where a script has a default for it.
 *
 * @throws Error for another option, or a number that is none
 */
export function readOptions({ seconds = '5', rounds = String(LEAST_ROUNDS), points } = {}) {
  const { values } = parseArgs({
    options: {
      seconds: { type: 'string', default: seconds },
      rounds: { type: 'string', default: rounds },
      ...(points !== undefined && { points: { type: 'string', default: points } }),
      write: { type: 'boolean', default: false },
    },
  });
  return {
    ...{ seconds: positive(values, 'seconds'), rounds: positive(values, 'rounds'), write: values.write },
    ...(points !== undefined && { points: positive(values, 'points') }),
  };
}

function positive(values, name) {
  const number = Number(values[name]);
  if (!(number > 0)) throw new Error(`--${name} must be a number above 0, not ${values[name]}`);
  return number;
}
