import { LineParser } from '../../../src/ingest/line-protocol/line-parser';
import type { FieldValue } from '../../../src/ingest/line-protocol/point-parser';
import type { LinePrecision } from '../../../src/ingest/line-protocol/line-times';

/** A point as a test compares it. */
export interface ReadPoint {
  readonly measurement: string;
  readonly tags: readonly (readonly [string, string])[];
  readonly fields: readonly (readonly [string, FieldValue])[];
  readonly at: number | undefined;
  readonly number: number;
}

export interface ReadLines {
  readonly points: ReadPoint[];
  readonly invalid: { readonly number: number; readonly reason: string; readonly text: string }[];
}

/** Parses a body that arrives in parts of these lengths; the rest is the last one. */
export function readLines(
  body: string | Buffer,
  { precision = 'ns', parts = [] }: { readonly precision?: LinePrecision; readonly parts?: readonly number[] } = {},
): ReadLines {
  const bytes = Buffer.from(body);
  const read: ReadLines = { points: [], invalid: [] };
  const parser = new LineParser(
    {
      line: ({ series: { measurement, tags }, names, values, count, at, number }) => {
        const fields = names.slice(0, count).map(({ text }, place) => [text, values[place] as FieldValue] as const);
        read.points.push({ measurement, tags, fields, at, number });
      },
      invalid: (number, reason, text) => read.invalid.push({ number, reason, text: text.toString() }),
    },
    precision,
  );
  let rest = Buffer.alloc(0);
  let from = 0;
  for (const length of parts) {
    const part = Buffer.concat([rest, bytes.subarray(from, from + length)]);
    rest = part.subarray(parser.parse(part, false));
    from += length;
  }
  parser.parse(Buffer.concat([rest, bytes.subarray(from)]), true);
  return read;
}
