import { applyDecorators } from '@nestjs/common';
import { ApiPropertyOptional } from '@nestjs/swagger';
import type { SqlValue } from '../database/sql';
import { CheckedBy } from '../common/validation/fields';

const MAX_TAGS = 20;
const LONGEST_TEXT = 8192;
const MEASUREMENT_SAID = `measurement must be a string of 1 to ${LONGEST_TEXT} characters, sent once`;
const TAG_SAID = `tag must be 1 to ${MAX_TAGS} tags, each a name, a colon and a value: host:a`;
const HAS_MEASUREMENT =
  'EXISTS (SELECT 1 FROM series WHERE series.source = data_sources.number AND series.measurement = ?)';
const HAS_TAG = `EXISTS (SELECT 1 FROM series_tags WHERE series_tags.source = data_sources.number
  AND series_tags.name = ? AND series_tags.value = ?)`;

export type Tag = readonly [name: string, value: string];

/** Which series a list has. */
export interface SeriesFilter {
  readonly measurement?: string | undefined;
  /** All of them. */
  readonly tag?: readonly Tag[] | undefined;
}

/** `host:a`, with `\:` and `\\` for these characters in the name. Undefined for a text without a colon or name. */
export function parseTag(text: string): Tag | undefined {
  const [, name, value] = /^((?:[^\\:]|\\[^])+):([^]*)$/.exec(text) ?? [];
  if (name === undefined || value === undefined || !isSearchable(text)) return undefined;
  return [name.replace(/\\([\\:])/g, '$1'), value];
}

/** The condition for data sources of the filter, to be added after another one. */
export function seriesCondition({ measurement, tag = [] }: SeriesFilter): {
  readonly sql: string;
  readonly values: readonly SqlValue[];
} {
  const measurements = measurement === undefined ? [] : [measurement];
  const conditions = [...measurements.map(() => HAS_MEASUREMENT), ...tag.map(() => HAS_TAG)];
  return { sql: conditions.map((one) => ` AND ${one}`).join(''), values: [...measurements, ...tag.flat()] };
}

/** `?measurement=`: exactly this one. */
export function MeasurementField(): PropertyDecorator {
  const isMeasurement = (value: unknown) => typeof value === 'string' && value !== '' && isSearchable(value);
  return applyDecorators(
    ApiPropertyOptional({
      type: String,
      maxLength: LONGEST_TEXT,
      description: 'Only data sources that line protocol created for this measurement',
      example: 'weather',
    }),
    CheckedBy({
      check: (value) => (value === undefined || isMeasurement(value) ? undefined : MEASUREMENT_SAID),
      sentences: [MEASUREMENT_SAID],
    }),
  );
}

/** `?tag=host:a&tag=site:north`. */
export function TagField(): PropertyDecorator {
  const areTags = (value: unknown) =>
    Array.isArray(value) && value.length >= 1 && value.length <= MAX_TAGS && value.every((tag) => Array.isArray(tag));
  return applyDecorators(
    ApiPropertyOptional({
      type: [String],
      description:
        'Only data sources that line protocol created with this tag. Repeat the parameter for several tags. In the name, write ' +
        '`\\:` for a colon and `\\\\` for a backslash',
      example: ['host:a'],
    }),
    CheckedBy({
      check: (value) => (value === undefined || areTags(value) ? undefined : TAG_SAID),
      sentences: [TAG_SAID],
      normalise: toTags,
    }),
  );
}

/** PostgreSQL has no texts with a NUL. */
function isSearchable(text: string): boolean {
  return text.length <= LONGEST_TEXT && !text.includes('\0');
}

function toTags(value: unknown): unknown {
  if (value === undefined || value === null) return undefined;
  const sent: readonly unknown[] = Array.isArray(value) ? value : [value];
  if (sent.length > MAX_TAGS) return value;
  return sent.map((text) => (typeof text === 'string' ? parseTag(text) : undefined));
}
