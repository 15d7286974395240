import type { Field } from '../../../sources/schema';
import { printName, printValue } from '../print';
import { CANONICAL } from './comparisons';
import type { Cursor } from './cursor';
import type { FieldNames } from './field-names';
import { isPlainText } from './states';
import type { Draft } from './suggestions';

const DEFAULT_NUMBER = '30';
export const NO_DATA_EXAMPLE = 'no data for 30 minutes';

/** Writes the example at the end of an error: the comparison that was probably meant, with the fields and numbers of the text. */
export class Examples {
  constructor(
    private readonly cursor: Cursor,
    private readonly names: FieldNames,
  ) {}

  of({ field = this.likelyField(), relation, value }: Draft): string {
    if (!field) return NO_DATA_EXAMPLE;
    const { type } = field;
    const name = printName(field.name);
    if (type !== 'number') return `${name} ${relation === 'ne' ? CANONICAL.ne : CANONICAL.eq} ${stateOf(type, value)}`;
    if (typeof value === 'number' && relation !== undefined) return `${name} ${CANONICAL[relation]} ${value}`;
    if (typeof value === 'object') return `${name} ${CANONICAL.between} ${printValue(value)}`;
    const [first = DEFAULT_NUMBER, second] = this.numbers();
    const shown = relation === undefined || relation === 'eq' ? 'gt' : relation;
    if (shown !== 'between' && shown !== 'outside') return `${name} ${CANONICAL[shown]} ${first}`;
    const [low, high] = [Number(first), Number(second ?? Number(first) + 10)];
    return `${name} ${CANONICAL[shown]} ${Math.min(low, high)} and ${Math.max(low, high)}`;
  }

  /** A number that could be meant. */
  get number(): string {
    return this.numbers()[0] ?? DEFAULT_NUMBER;
  }

  /** The numbers in the text: first those after the cursor. */
  private numbers(): readonly string[] {
    const { tokens, index } = this.cursor;
    const numbers = [...tokens.slice(index), ...tokens.slice(0, index)].filter(({ kind }) => kind === 'number');
    return numbers
      .map(({ text }) => Number(text) + 0)
      .filter(Number.isFinite)
      .map(String);
  }

  private likelyField(): Field | undefined {
    const { schema } = this.names;
    return schema.find(({ type }) => type === 'number') ?? schema[0];
  }
}

/** The draft's value if it fits the type of the field, else a likely one. A single plain word needs no quotes. */
function stateOf(type: Field['type'], value: Draft['value']): string {
  if (type === 'boolean') return String(typeof value === 'boolean' ? value : true);
  const text = typeof value === 'string' ? value : 'error';
  return isPlainText(text) ? text : `'${text.replaceAll("'", "''")}'`;
}
