import { ENCODINGS, type Encoding, type ImportFile } from '../ingest/import-file';
import { PRECISIONS, type Precision } from '../ingest/point-time';
import { UsageError } from './command';

export const READING_OPTIONS = {
  time: { type: 'string' },
  encoding: { type: 'string' },
  delimiter: { type: 'string' },
  decimal: { type: 'string' },
  precision: { type: 'string' },
} as const;

type Sent = Partial<Readonly<Record<keyof typeof READING_OPTIONS, string>>>;

/**
 * Reads the options that say how to parse the file.
 *
 * @throws UsageError for a wrong value
 */
export function readingOf({ time, encoding, delimiter, decimal, precision }: Sent): Omit<ImportFile, 'path'> {
  if (decimal !== undefined && decimal !== '.' && decimal !== ',') throw new UsageError("--decimal must be '.' or ','");
  if (precision !== undefined && !PRECISIONS.includes(precision as Precision))
    throw new UsageError(`--precision must be one of ${PRECISIONS.join(', ')}`);
  return {
    time,
    encoding: encodingOf(encoding),
    delimiter: delimiterOf(delimiter),
    decimal,
    precision: precision as Precision | undefined,
  };
}

function encodingOf(text: string | undefined): Encoding | undefined {
  const name = text?.toLowerCase().replace(/[-_]/g, '');
  if (name === undefined || name === 'utf8') return undefined;
  if (['latin1', 'iso88591', 'windows1252', 'cp1252'].includes(name)) return 'latin1';
  throw new UsageError(`--encoding must be one of ${ENCODINGS.join(', ')}`);
}

function delimiterOf(text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  if (text === 'tab' || text === '\\t') return '\t';
  if (/^[^\p{L}\p{N}"\r\n]$/u.test(text)) return text;
  throw new UsageError("--delimiter must be one character such as ';', or tab");
}
