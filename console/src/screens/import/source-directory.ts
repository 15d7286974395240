import { answer, api, type Api } from '../../api/client';
import type { Fields } from './columns';
import type { Patience } from './patience';

const MAX_AT_ONCE = 500;
const PAGE = 1000;

type Source = Pick<Api<'SourceView'>, '_id' | 'name' | 'schema'>;

interface DirectoryOptions {
  readonly bucketId: string;
  readonly fields: Fields;
  readonly patience: Patience;
  readonly signal: AbortSignal;
}

/** Finds the data sources of an import by their names, creates those that are missing, and adds fields that they do not have. */
export class SourceDirectory {
  private readonly byName = new Map<string, Source>();

  constructor(private readonly options: DirectoryOptions) {}

  /** @throws Error for a name that was not ensured */
  find(name: string): { readonly id: string; readonly name: string } {
    const source = this.byName.get(name);
    if (!source) throw new Error(`There is no data source ${name}`);
    return { id: source._id, name: source.name };
  }

  /** Uses one data source for all rows. */
  async useOne(sourceId: string): Promise<void> {
    const { bucketId, patience, signal } = this.options;
    const path = { bucketId, sourceId };
    const { dataSource } = await patience.until(() =>
      answer(api.GET('/api/buckets/{bucketId}/sources/{sourceId}', { params: { path }, signal })),
    );
    this.byName.set('', await this.withFields(dataSource));
  }

  /** Uses a data source of this name for all rows. */
  async useNew(name: string): Promise<void> {
    await this.ensure([name]);
    const source = this.byName.get(name);
    if (source) this.byName.set('', source);
  }

  /** Makes sure that there is a data source of each name. */
  async ensure(names: Iterable<string>): Promise<void> {
    const missing = [...new Set(names)].filter((name) => !this.byName.has(name));
    if (missing.length === 0) return;
    // Again before each try: a request without an answer may have created them.
    const created = await this.options.patience.until(async () => {
      const known = await this.list();
      const found = missing.map((name) => known.find((source) => source.name === name));
      const absent = missing.filter((_, index) => found[index] === undefined);
      return [...found.filter((source) => source !== undefined), ...(await this.create(absent))];
    });
    for (const source of created)
      if (!this.byName.has(source.name)) this.byName.set(source.name, await this.withFields(source));
  }

  private async list(): Promise<readonly Source[]> {
    const { bucketId, signal } = this.options;
    const all: Source[] = [];
    for (let after: string | undefined; ;) {
      const query = { limit: PAGE, after };
      const { dataSources, pagination } = await answer(
        api.GET('/api/buckets/{bucketId}/sources', { params: { path: { bucketId }, query }, signal }),
      );
      all.push(...dataSources);
      after = dataSources.at(-1)?._id;
      if (!pagination.hasMore || after === undefined) return all;
    }
  }

  private async create(names: readonly string[]): Promise<readonly Source[]> {
    const { bucketId, fields, signal } = this.options;
    const created: Source[] = [];
    for (let from = 0; from < names.length; from += MAX_AT_ONCE) {
      const sources = names.slice(from, from + MAX_AT_ONCE).map((name) => ({ name, schema: fields }));
      const params = { path: { bucketId } };
      const body = { sources };
      created.push(
        ...(await answer(api.POST('/api/buckets/{bucketId}/sources/bulk', { params, body, signal }))).dataSources,
      );
    }
    return created;
  }

  private async withFields(source: Source): Promise<Source> {
    const { bucketId, fields, patience, signal } = this.options;
    const schema = Object.fromEntries(Object.entries(fields).filter(([name]) => !Object.hasOwn(source.schema, name)));
    if (Object.keys(schema).length === 0) return source;
    const params = { path: { bucketId, sourceId: source._id } };
    const call = () =>
      answer(api.PATCH('/api/buckets/{bucketId}/sources/{sourceId}', { params, body: { schema }, signal }));
    return (await patience.until(call)).dataSource;
  }
}
