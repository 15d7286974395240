import { EXAMPLE_IDS } from './openapi/example-ids';
import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { AFTER_AND_OFFSET, AFTER_UNKNOWN, problemOf, ValidationError } from './errors';
import { ChoiceField, IdField, QueryNumberField, SearchField } from './validation/fields';

const DEFAULT_LIMIT = 100;
const MAX_LIMIT = 1000;

/** `?limit=&offset=` of every list. */
export class PageQuery {
  @QueryNumberField(
    { label: 'limit', least: 1, most: MAX_LIMIT },
    { description: 'How many rows to give at most', default: DEFAULT_LIMIT, example: 100 },
  )
  readonly limit: number = DEFAULT_LIMIT;

  @QueryNumberField(
    { label: 'offset', least: 0, most: Number.MAX_SAFE_INTEGER },
    { description: 'How many rows to skip from the start of the list', default: 0, example: 0 },
  )
  readonly offset: number = 0;
}

/** `?limit=&offset=&after=`: a list that can continue after an entry, even if that entry was deleted. */
export class CursorQuery extends PageQuery {
  @IdField('after', EXAMPLE_IDS.apiKey, {
    required: false,
    description:
      'Instead of `offset`: the `_id` of the last row of the page before. What is deleted between two pages makes this one ' +
      'neither skip nor repeat a row',
  })
  readonly after?: string;
}

export const SORTS = ['asc', 'desc'] as const;
export type Sort = (typeof SORTS)[number];
export const SORT_UNKNOWN = "sort must be 'asc' or 'desc'";

/** The query of a list that returns the newest entries first. */
export class NewestFirstQuery extends CursorQuery {
  @ChoiceField(
    { values: SORTS, required: false, message: SORT_UNKNOWN },
    { description: '`desc`: newest first. `asc`: oldest first', default: 'desc', example: 'desc' },
  )
  readonly sort?: Sort;
}

/** The query of a list whose rows have names. */
export class SearchQuery extends CursorQuery {
  @SearchField(
    { label: 'q' },
    {
      description:
        'Only rows whose name contains this text. Ignores case, also of letters outside ASCII. No character is a wildcard',
      example: 'kitchen',
    },
  )
  readonly q?: string;
}

/** @throws ValidationError if both `after` and `offset` are sent */
export function requireOneStart({ after, offset }: CursorQuery): void {
  if (after !== undefined && offset > 0) throw new ValidationError([problemOf(AFTER_AND_OFFSET, ['query', 'after'])]);
}

/** @throws ValidationError for an `after` that was never in the list */
export function afterUnknown(): ValidationError {
  return new ValidationError([problemOf(AFTER_UNKNOWN, ['query', 'after'])]);
}

/** The rows of a page, the number of rows in the whole list, and whether more follow. */
export type ListPage<Entity> = [rows: Entity[], total: number, hasMore: boolean];

/** The `pagination` object of a list reply. */
export class Pagination {
  @ApiProperty({ type: 'integer', example: 100 })
  readonly limit: number;

  @ApiProperty({ type: 'integer', example: 0 })
  readonly offset: number;

  @ApiProperty({ type: 'integer', description: 'Rows in the whole list', example: 1 })
  readonly total: number;

  @ApiProperty({ type: Boolean, description: 'Whether rows follow this page', example: false })
  readonly hasMore: boolean;

  /** @param hasMore pass it if the page does not start at `offset` */
  constructor({ limit, offset }: PageQuery, total: number, shown: number, hasMore = offset + shown < total) {
    this.limit = limit;
    this.offset = offset;
    this.total = total;
    this.hasMore = hasMore;
  }
}

/** The `pagination` object of a list that may be too long to be counted. */
export class LongListPagination extends Pagination {
  @ApiPropertyOptional({
    type: Boolean,
    description:
      '`false` if the list is too long to be counted completely: `total` is the number of rows that were counted, and there may be ' +
      'more. Left out if `total` is exact',
    example: false,
  })
  readonly totalIsExact?: false;

  constructor(query: PageQuery, { total, rows, hasMore, isTotalExact }: CountedRows) {
    super(query, total, rows.length, hasMore);
    if (!isTotalExact) this.totalIsExact = false;
  }
}

/** A page of a list whose total may not be exact. */
interface CountedRows {
  readonly rows: readonly unknown[];
  readonly total: number;
  readonly hasMore: boolean;
  readonly isTotalExact: boolean;
}
