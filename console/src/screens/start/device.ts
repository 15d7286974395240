import type { FieldType } from '../../../../src/sources/schema';

export interface DeviceField {
  readonly name: string;
  readonly type: FieldType;
}

/** What a device sends, and where to. */
export interface Device {
  /** `http://192.168.1.5:3000`, without a slash at the end. */
  readonly serverUrl: string;
  readonly key: string;
  readonly dataSourceId: string;
  /** Empty if they are not known. */
  readonly fields: readonly DeviceField[];
}

type Value = number | boolean | string;

const EXAMPLES: Readonly<Record<FieldType, Value>> = { number: 21.5, boolean: true, string: 'on' };
const UNKNOWN: DeviceField = { name: 'value', type: 'number' };

/** A value for each field. */
export function exampleValues({ fields }: Device): Record<string, Value> {
  const known = fields.length > 0 ? fields : [UNKNOWN];
  return Object.fromEntries(known.map(({ name, type }) => [name, EXAMPLES[type]]));
}

/** The field of a program that sends one value: the first number, or else the first field. */
export function mainField({ fields }: Device): DeviceField {
  return fields.find(({ type }) => type === 'number') ?? fields[0] ?? UNKNOWN;
}
