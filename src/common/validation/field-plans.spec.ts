import 'reflect-metadata';
import { plainToInstance, Transform } from 'class-transformer';
import { IsInt, IsString, ValidateIf, validateSync } from 'class-validator';
import { checkFields } from './checked-fields';
import { BooleanField, ChoiceField, IdField, QueryNumberField, TextField, WholeNumberField } from './fields';
import { fieldsOf } from './field-plans';

class Sample {
  @TextField({ label: 'Name', maxLength: 5, required: true }, {})
  readonly name: string;

  @TextField({ label: 'Notes', maxLength: 5, required: false, lines: true, clearable: true }, {})
  readonly notes?: string | null;

  @WholeNumberField({ label: 'days', least: 1, most: 9, clearable: true }, {})
  readonly days?: number | null;

  @QueryNumberField({ label: 'limit', least: 1, most: 9 }, {})
  readonly limit?: number;

  @BooleanField({ label: 'enabled' }, {})
  readonly enabled?: boolean;

  @ChoiceField({ values: ['a', 'b'], required: false, message: 'mode must be a or b' }, {})
  readonly mode?: string;

  @IdField('bucket ID', '507f1f77bcf86cd799439011', { required: false })
  readonly id?: string;
}

const VALUES = [
  ...[
    undefined,
    null,
    '',
    ' ',
    'a',
    'ab\n',
    'abcdef',
    '👍👍👍👍👍',
    '\ud800',
    '\u202e',
    '\u200b',
    '5',
    '10',
    'e\u0301',
  ],
  ...[0, 1, 9, 10, 1.5, NaN, Infinity, true, false],
  ...[
    '507F1F77BCF86CD799439011',
    '507f1f77bcf86cd79943901g',
    '0x7f1f77bcf86cd799439011',
    'a\ufe0f\ufe0f\ufe0f\ufe0f\ufe0f',
  ],
];
const CASES = fieldsOf(Sample).flatMap(({ field }) => VALUES.map((value) => ({ field, value })));

it.each(CASES)('agrees with validateSync on $field: $value', ({ field, value }) => {
  const sent = { name: 'x', [field]: value };
  const instance = plainToInstance(Sample, sent);
  const [error] = validateSync(instance, { stopAtFirstError: true });
  const { problems, value: checked } = checkFields(Sample, sent, 'body');
  expect(problems.map(({ message }) => message)).toEqual(Object.values(error?.constraints ?? {}));
  expect(checked).toEqual(instance);
});

it('runs each rule and each conversion once', () => {
  const calls: string[] = [];
  class Counted {
    @Transform(({ value }: { value: unknown }) => (calls.push('convert'), value))
    @IsString({ message: 'text must be a string' })
    readonly text: string;
  }
  const [plan] = fieldsOf(Counted);
  const [rule] = plan?.rules ?? [];
  jest
    .spyOn(rule as unknown as { problemIn: () => void }, 'problemIn')
    .mockImplementation(() => void calls.push('check'));
  checkFields(Counted, { text: 'x' }, 'body');
  expect(calls).toEqual(['convert', 'check']);
});

it('lets a class replace the rules of an inherited field', () => {
  class Base {
    @IsString({ message: 'value must be a string' })
    readonly value: unknown;
  }
  class Derived extends Base {
    @IsInt({ message: 'value must be a whole number' })
    declare readonly value: unknown;
  }
  expect(checkFields(Derived, { value: 1 }, 'body').problems).toEqual([]);
  expect(checkFields(Derived, { value: 'x' }, 'body').problems).toEqual([
    { path: ['body', 'value'], message: 'value must be a whole number' },
  ]);
});

it('refuses to compile a rule that it would ignore or that has no message', () => {
  class Conditional {
    @ValidateIf(() => false)
    @IsString({ message: 'text must be a string' })
    readonly text: string;
  }
  class Silent {
    @IsString()
    readonly text: string;
  }
  class Grouped {
    @IsString({ message: 'text must be a string', groups: ['one'] })
    readonly text: string;
  }
  expect(() => fieldsOf(Conditional)).toThrow(
    'Conditional.text: conditionalValidation is not supported with these options',
  );
  expect(() => fieldsOf(Silent)).toThrow('Silent.text: give isString a message');
  expect(() => fieldsOf(Grouped)).toThrow('Grouped.text: isString is not supported with these options');
});
