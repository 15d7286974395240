import { arithmetic } from './arithmetic';
import type { Cell } from './answer';
import { AGGREGATES, TRANSFORMATIONS, UNSUPPORTED_FUNCTIONS } from './functions';
import { InfluxQLError } from './influxql-error';
import { kindOf } from './literals';
import type { Cast, Expression } from './syntax';
import { transformation } from './transformations';

/** The value of a row's column. Undefined if it does not make a row. */
export type Evaluate = (at: number, inputs: readonly (Cell | undefined)[]) => Cell | undefined;

/** What a column is computed from: a field or tag, or an aggregate of a field. */
export interface Input {
  readonly name: string;
  readonly cast?: Cast | undefined;
  readonly aggregate?: string;
  /** The second argument of `percentile`. */
  readonly share?: number;
}

/** The values that the moving averages of a series keep in memory. */
export const MOST_VALUES_OF_AVERAGES = 1_000_000;

type Call = Extract<Expression, { type: 'call' }>;

/** Compiles the columns of a statement. Equal inputs are computed once. */
export class Compiler {
  readonly inputs: Input[] = [];
  /** The steps before the range that transformations of aggregates look at. */
  stepsBefore = 0;
  private valuesOfAverages = 0;

  constructor(private readonly stepNanos: bigint | undefined) {}

  get aggregates(): readonly Input[] {
    return this.inputs.filter(({ aggregate }) => aggregate !== undefined);
  }

  compile(one: Expression): () => Evaluate {
    switch (one.type) {
      case 'parentheses':
        return this.compile(one.inner);
      case 'integer':
      case 'number':
        return constant(Number(one.value));
      case 'string':
      case 'boolean':
        return constant(one.value);
      case 'duration':
        return constant(Number(one.nanos));
      case 'reference': {
        const { name, cast } = one;
        return this.input(cast === undefined ? { name } : { name, cast });
      }
      case 'call':
        return this.call(one);
      case 'binary':
        return this.binary(one);
      case 'wildcard':
        throw new InfluxQLError('unable to use wildcard in a binary expression');
      default:
        throw new InfluxQLError('invalid expression in SELECT');
    }
  }

  private binary({ operator, left, right }: Extract<Expression, { type: 'binary' }>): () => Evaluate {
    const [first, second] = [this.compile(left), this.compile(right)];
    const isFixed = [isConstant(left), isConstant(right)] as const;
    return () => {
      const [one, other] = [first(), second()];
      return (at, inputs) => {
        const values = [one(at, inputs), other(at, inputs)] as const;
        if ((isFixed[0] || values[0] === undefined) && (isFixed[1] || values[1] === undefined)) return undefined;
        return arithmetic(operator, values[0], values[1]);
      };
    };
  }

  private call(call: Call): () => Evaluate {
    const { name, args } = call;
    if (UNSUPPORTED_FUNCTIONS.includes(name)) throw new InfluxQLError(`${name}() is not supported`);
    if (Object.hasOwn(AGGREGATES, name)) return this.aggregate(call);
    const rule = Object.hasOwn(TRANSFORMATIONS, name) ? TRANSFORMATIONS[name] : undefined;
    if (!rule) throw new InfluxQLError(`undefined function ${name.slice(0, 100)}()`);
    if (args.length < rule.least || args.length > rule.most) {
      const expected =
        rule.least === rule.most
          ? `expected ${rule.least}`
          : `expected at least ${rule.least} but no more than ${rule.most}`;
      throw new InfluxQLError(`invalid number of arguments for ${name}, ${expected}, got ${args.length}`);
    }
    return this.transformation(call);
  }

  private transformation(call: Call): () => Evaluate {
    const {
      name,
      args: [argument],
    } = call;
    const ofAggregate = argument?.type === 'call';
    if (argument?.type !== 'reference' && !ofAggregate) throw new InfluxQLError(`expected field argument in ${name}()`);
    if (ofAggregate && this.stepNanos === undefined)
      throw new InfluxQLError(`${name} aggregate requires a GROUP BY interval`);
    const setting = this.settingOf(call, ofAggregate);
    if (ofAggregate && name !== 'cumulative_sum')
      this.stepsBefore = Math.max(this.stepsBefore, name === 'moving_average' ? setting - 1 : 1);
    const inner = this.compile(argument);
    return () => {
      const [value, next] = [inner(), transformation(name, setting)];
      return (at, inputs) => {
        const one = value(at, inputs);
        return one === undefined || one === null ? undefined : next(at, one);
      };
    };
  }

  /** The unit of a derivative and of `elapsed` in milliseconds, and the number of values of a moving average. */
  private settingOf({ name, args: [, option] }: Call, ofAggregate: boolean): number {
    if (name === 'moving_average') {
      if (option?.type !== 'integer')
        throw new InfluxQLError(
          `second argument for moving_average must be an integer, got ${option ? kindOf(option) : 'nothing'}`,
        );
      if (option.value <= 1n)
        throw new InfluxQLError('moving_average window must be greater than 1, got ' + String(option.value));
      if (option.value > 100_000n) throw new InfluxQLError('moving_average window must not be greater than 100000');
      this.valuesOfAverages += Number(option.value);
      if (this.valuesOfAverages > MOST_VALUES_OF_AVERAGES)
        throw new InfluxQLError(
          `the windows of moving_average must not have more than ${MOST_VALUES_OF_AVERAGES} values in all`,
        );
      return Number(option.value);
    }
    if (option && option.type !== 'duration')
      throw new InfluxQLError(`second argument to ${name} must be a duration, got ${kindOf(option)}`);
    if (option && option.nanos <= 0n)
      throw new InfluxQLError(
        `duration argument must be positive, got ${option.nanos}${option.nanos === 0n ? 's' : 'ns'}`,
      );
    if (option) return Number(option.nanos) / 1e6;
    if (name === 'elapsed') return 1e-6;
    return ofAggregate ? Number(this.stepNanos) / 1e6 : 1000;
  }

  private aggregate({ name, args }: Call): () => Evaluate {
    const rule = AGGREGATES[name] as (typeof AGGREGATES)[string];
    if (args.length !== rule.args)
      throw new InfluxQLError(`invalid number of arguments for ${name}, expected ${rule.args}, got ${args.length}`);
    const [field, share] = args;
    if (field?.type !== 'reference') throw new InfluxQLError(`expected field argument in ${name}()`);
    if (name !== 'percentile') return this.input({ name: field.name, aggregate: name });
    if (share?.type !== 'number' && share?.type !== 'integer')
      throw new InfluxQLError('expected float argument in percentile()');
    return this.input({ name: field.name, aggregate: name, share: Number(share.value) });
  }

  private input(input: Input): () => Evaluate {
    const same = (one: Input) =>
      one.name === input.name &&
      one.cast === input.cast &&
      one.aggregate === input.aggregate &&
      one.share === input.share;
    const found = this.inputs.findIndex(same);
    const place = found >= 0 ? found : this.inputs.push(input) - 1;
    return () => (_, inputs) => inputs[place];
  }
}

function constant(value: Cell): () => Evaluate {
  return () => () => value;
}

function isConstant(one: Expression): boolean {
  if (one.type === 'parentheses') return isConstant(one.inner);
  if (one.type === 'binary') return isConstant(one.left) && isConstant(one.right);
  return one.type !== 'reference' && one.type !== 'call';
}
