import { MessageReply } from '../common/openapi/message-reply';
import { ApiProperty } from '@nestjs/swagger';
import { BooleanField, ListField, TextField } from '../common/validation/fields';
import { BulkBody } from '../common/http/bulk-body';
import { FromCsv } from '../common/http/csv-body';
import { RequestExamples } from '../common/openapi/openapi';
import { SourceView } from './sources.dto';
import type { NewSource } from './new-sources';
import type { FieldDefinition } from './schema';
import { SchemaField } from './schema-field';
import { SOURCE_COLUMNS } from './source-columns';
import { DESCRIPTION, docs, NAME, TYPE } from './source-fields';

const MAX_AT_ONCE = 500;

@BulkBody()
export class CreateSourceBody {
  @TextField({ ...NAME, required: true }, docs.name)
  readonly name: string;

  @SchemaField({ required: true }, docs.schema)
  readonly schema: Readonly<Record<string, FieldDefinition>>;

  @TextField(TYPE, docs.type)
  readonly type?: string;

  @TextField(DESCRIPTION, docs.description)
  readonly description?: string;

  @BooleanField({ label: 'downsampling' }, docs.downsampling)
  readonly downsampling?: boolean;
}

/** Several data sources, as JSON or as CSV with a column for each property. */
@RequestExamples({
  'Two rooms': {
    sources: [
      { name: 'Living room climate', schema: { temperature: { type: 'number', unit: '°C' }, humidity: 'number' } },
      { name: 'Kitchen door', type: 'contact', schema: { open: 'boolean' } },
    ],
  },
})
@BulkBody()
@FromCsv({ columns: ['name'], optional: SOURCE_COLUMNS, field: 'sources' })
export class CreateManySourcesBody {
  @ListField(
    CreateSourceBody,
    { label: 'sources', least: 1, most: MAX_AT_ONCE, itemLabel: 'data source' },
    { description: 'The data sources to create. Either all of them are created or none' },
  )
  readonly sources: readonly CreateSourceBody[];
}

export class SourceCreated extends MessageReply('Data source created successfully') {
  @ApiProperty({ type: SourceView })
  readonly dataSource: SourceView;
}

export class SourcesCreated extends MessageReply('Data sources created successfully') {
  @ApiProperty({ type: [SourceView] })
  readonly dataSources: Iterable<SourceView>;
}

/** Applies the defaults. */
export function toNewSource(body: CreateSourceBody): NewSource {
  const { name, schema, type = 'sensor', description = '', downsampling = true } = body;
  return { name, schema, type, description, downsampling };
}
