import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { CheckedBy, ChoiceField, IdField, QueryBooleanField } from '../common/validation/fields';
import { EXAMPLE_IDS } from '../common/openapi/example-ids';
import { CountProperty } from '../common/openapi/openapi-fields';
import { bucketDocs } from '../points/point-docs';
import { IngestedReply } from './ingested-reply';
import { ENCODINGS, type Encoding } from './import-file';
import { PRECISIONS, type Precision } from './point-time';

const DELIMITERS = [',', ';', '|', 'tab', '\t'];
const DELIMITER_SAID = 'delimiter must be a comma, a semicolon, a vertical bar or tab';
const DECIMALS = ['.', ','] as const;
const LONGEST_COLUMN = 255;
const TIME_SAID = `time must be the name of a column, of up to ${LONGEST_COLUMN} characters`;

const isColumn = (value: unknown) => typeof value === 'string' && value !== '' && value.length <= LONGEST_COLUMN;

/** How to read a CSV, and where its points go. What is left out is detected from the first rows. */
export class CsvQuery {
  @IdField('bucket ID', EXAMPLE_IDS.bucket, { ...bucketDocs, required: false })
  readonly bucketId?: string;

  @IdField('data source ID', EXAMPLE_IDS.dataSource, {
    required: false,
    description:
      'The data source of all rows. Default: the column `dataSourceId`, or the data source that the key is bound to',
  })
  readonly dataSourceId?: string;

  @ApiPropertyOptional({
    type: String,
    description: 'The column of the time. Default: `timestamp` or `time`',
    example: 'timestamp',
  })
  @CheckedBy({
    check: (value) => (value === undefined || isColumn(value) ? undefined : TIME_SAID),
    sentences: [TIME_SAID],
  })
  readonly time?: string;

  @ApiPropertyOptional({
    type: String,
    description: 'What separates the cells: `,`, `;`, `|` or `tab`. Default: the most frequent one of the first line',
    example: ';',
  })
  @CheckedBy({
    check: (value) => (value === undefined || DELIMITERS.includes(value as string) ? undefined : DELIMITER_SAID),
    sentences: [DELIMITER_SAID],
  })
  readonly delimiter?: string;

  @ChoiceField(
    { values: DECIMALS, required: false, message: 'decimal must be . or ,' },
    { description: 'The decimal separator of numbers. Default: as the first 100 rows suggest', example: ',' },
  )
  readonly decimal?: (typeof DECIMALS)[number];

  @ChoiceField(
    { values: PRECISIONS, required: false, message: `precision must be one of ${PRECISIONS.join(', ')}` },
    { description: 'The unit of times that are numbers. Default: as the first 100 rows suggest', example: 's' },
  )
  readonly precision?: Precision;

  @ChoiceField(
    { values: ENCODINGS, required: false, message: `encoding must be one of ${ENCODINGS.join(', ')}` },
    { description: 'The encoding of the body. `latin1` is read as Windows-1252', default: 'utf8', example: 'utf8' },
  )
  readonly encoding?: Encoding;

  @QueryBooleanField(
    { label: 'quiet' },
    {
      description:
        'Stores historical points: no alert rule fires or resolves because of them, and they do not count as an arrival for ' +
        '`no data`. Only for Admin keys',
      default: false,
    },
  )
  readonly quiet?: boolean;
}

export class CsvIngested extends IngestedReply('CSV ingested successfully', 'Rows') {}

export class RejectedRow {
  @CountProperty(17, { description: 'The line on which the row begins, starting at 1, as in an editor' })
  readonly line: number;

  @ApiProperty({ type: String, example: 'temperature must be a number' })
  readonly message: string;

  @ApiPropertyOptional({
    type: String,
    description: 'Set if a client can act on it: a point with `point_expired` will always be rejected',
    example: 'point_expired',
  })
  readonly code?: string;
}

export class CsvPartlyIngested extends CsvIngested {
  @ApiProperty({ type: [RejectedRow], description: 'The first 100 of the rejected rows' })
  readonly errors: RejectedRow[];
}
