import { ApiProperty } from '@nestjs/swagger';
import { QueryNumberField } from './fields';

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
    { description: 'How many rows to pass over, oldest first', default: 0, example: 0 },
  )
  readonly offset: number = 0;
}

/** What a list's reply says about the page that it is. */
export class Pagination {
  @ApiProperty({ type: 'integer', example: 100 })
  readonly limit: number;

  @ApiProperty({ type: 'integer', example: 0 })
  readonly offset: number;

  @ApiProperty({ type: 'integer', description: 'Rows in the whole list', example: 1 })
  readonly total: number;

  @ApiProperty({ type: Boolean, description: 'Whether rows follow this page', example: false })
  readonly hasMore: boolean;

  constructor({ limit, offset }: PageQuery, total: number, shown: number) {
    this.limit = limit;
    this.offset = offset;
    this.total = total;
    this.hasMore = offset + shown < total;
  }
}
