import { applyDecorators } from '@nestjs/common';
import { ApiPropertyOptional } from '@nestjs/swagger';
import { ID_PATTERN } from '../common/ids';
import { EXAMPLE_IDS } from '../common/openapi/example-ids';
import { CheckedBy, IdField, isObject } from '../common/validation/fields';
import { bucketDocs } from './point-docs';
import { METADATA_INVALID } from './points.errors';

/** The most data sources, or fields, that a query string can name. */
export const MAX_LISTED = 100;
const MAX_METADATA_CHARACTERS = 4096;

const SOURCES_SAID = `dataSourceId must be 1 to ${MAX_LISTED} data source IDs`;
const FIELDS_SAID = `fields must be 1 to ${MAX_LISTED} field names`;
const METADATA_SAID = METADATA_INVALID.message.replace('an object', 'a JSON object');

/** A list in a query string: a parameter that is repeated, or one value with commas. */
export const toList = (value: unknown): unknown =>
  typeof value === 'string' ? value.split(',') : (value ?? undefined);
/** The same for names, which stand in double quotes if they contain a comma: `a,"b,c"`. */
const toNames = (value: unknown): unknown =>
  typeof value === 'string' && value.includes('"') ? quotedList(value) : toList(value);
const toIds = (value: unknown): unknown => {
  const list = toList(value);
  return Array.isArray(list)
    ? list.map((item: unknown) => (typeof item === 'string' ? item.toLowerCase() : item))
    : list;
};

/** A quote within quotes is doubled. A quote elsewhere is part of a name. */
function quotedList(text: string): string[] {
  const items = text.matchAll(/"((?:[^"]|"")*)"(?:,|$)|([^,]*)(?:,|$)/gy);
  const names = Array.from(items, ([, quoted, plain = '']) => quoted?.replaceAll('""', '"') ?? plain);
  return text.endsWith(',') ? names : names.slice(0, -1);
}

interface ListRules {
  readonly said: string;
  readonly isItem: (item: string) => boolean;
  readonly normalise: (value: unknown) => unknown;
}

function ListField({ said, isItem, normalise }: ListRules, docs: object): PropertyDecorator {
  const isList = (value: unknown) =>
    Array.isArray(value) &&
    value.length <= MAX_LISTED &&
    value.every((item) => typeof item === 'string' && isItem(item));
  return applyDecorators(
    ApiPropertyOptional({ type: [String], ...docs }),
    CheckedBy({
      check: (value) => (value === undefined || isList(value) ? undefined : said),
      sentences: [said],
      normalise,
    }),
  );
}

const isScalar = (value: unknown) => value === null || ['string', 'number', 'boolean'].includes(typeof value);
const isMetadata = (value: unknown) =>
  isObject(value) && Object.keys(value).length <= 20 && Object.values(value).every(isScalar);

function parsedMetadata(value: unknown): unknown {
  if (typeof value !== 'string' || value.length > MAX_METADATA_CHARACTERS) return value ?? undefined;
  try {
    return JSON.parse(value) as unknown;
  } catch {
    return value;
  }
}

/** Which points of a bucket a `GET` request is about. */
export class PointFilterQuery {
  @IdField('bucket ID', EXAMPLE_IDS.bucket, bucketDocs)
  readonly bucketId?: string;

  @ListField(
    { said: SOURCES_SAID, isItem: (id) => ID_PATTERN.test(id), normalise: toIds },
    {
      description:
        'Only these data sources. Repeat the parameter, or separate ids with commas. Default: all of the bucket',
      example: [EXAMPLE_IDS.dataSource],
    },
  )
  readonly dataSourceId?: readonly string[];

  @ListField(
    { said: FIELDS_SAID, isItem: (name) => name !== '', normalise: toNames },
    {
      description:
        'Only these fields, and only points with a value of at least one of them. A name with a comma stands in double quotes',
      example: ['temperature'],
    },
  )
  readonly fields?: readonly string[];

  @ApiPropertyOptional({
    type: String,
    description: 'Only points whose metadata contains all entries of this JSON object',
    example: '{"device":"esp32-7"}',
  })
  @CheckedBy({
    check: (value) => (value === undefined || isMetadata(value) ? undefined : METADATA_SAID),
    sentences: [METADATA_SAID],
    normalise: parsedMetadata,
  })
  readonly metadata?: Readonly<Record<string, string | number | boolean | null>>;
}
