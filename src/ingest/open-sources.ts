import { LruMap } from '../common/lru-map';
import type { IngestSource } from '../sources/ingest-source';
import type { Schema } from '../sources/schema';
import type { OpenSource } from './part';
import { compileCheck } from './point-check';

/** The total number of schema fields whose compiled checks are cached, and of fields of cached data sources. */
export const MAX_COMPILED_FIELDS = 100_000;

/** Opens data sources for ingest. Sources with equal schemas, such as those of a fleet, share one compiled check. */
export class OpenSources {
  /** By the id of the data source. An entry is valid as long as the text of the schema is the same. */
  private readonly sources = new LruMap<string, OpenSource>(MAX_COMPILED_FIELDS, ({ schema }) => schema.length);
  /** By the text of the schema. */
  private readonly compiled = new LruMap<string, CompiledSchema>(MAX_COMPILED_FIELDS, ({ schema }) => schema.length);

  /** A data source that was opened before. Its schema may have changed since. */
  inMemory(id: string): OpenSource | undefined {
    return this.sources.get(id);
  }

  open({ id, number, schema: text }: IngestSource): OpenSource {
    const kept = this.sources.get(id);
    if (kept?.schemaText === text && kept.number === number) return kept;
    const source = { id, number, ...this.compile(text) };
    this.sources.set(id, source);
    return source;
  }

  private compile(schemaText: string): CompiledSchema {
    const known = this.compiled.get(schemaText);
    if (known) return known;
    const schema = JSON.parse(schemaText) as Schema;
    const compiled = { schemaText, schema, check: compileCheck(schema) };
    this.compiled.set(schemaText, compiled);
    return compiled;
  }
}

type CompiledSchema = Pick<OpenSource, 'schemaText' | 'schema' | 'check'>;
