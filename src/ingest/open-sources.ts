import { LruMap } from '../common/lru-map';
import type { IngestSource } from '../sources/ingest-source';
import type { Schema } from '../sources/schema';
import type { OpenSource } from './part';
import { compileCheck } from './point-check';

/** The total number of schema fields whose compiled checks are cached. */
export const MAX_COMPILED_FIELDS = 50_000;

/** Data sources with the compiled checks of their points. */
export class OpenSources {
  /** Compiled checks by source id. An entry is valid as long as the text of the schema is the same. */
  private readonly compiled = new LruMap<string, { readonly schema: string; readonly source: OpenSource }>(
    MAX_COMPILED_FIELDS,
    ({ source }) => source.schema.length,
  );

  /** The number of a data source that was opened before. */
  numberOf(id: string): number | undefined {
    return this.compiled.get(id)?.source.number;
  }

  open({ id, number, schema: text }: IngestSource): OpenSource {
    const kept = this.compiled.get(id);
    if (kept?.schema === text && kept.source.number === number) return kept.source;
    const schema = JSON.parse(text) as Schema;
    const source = { id, number, schema, check: compileCheck(schema) };
    this.compiled.set(id, { schema: text, source });
    return source;
  }
}
