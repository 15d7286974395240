import { withoutKeys } from '../../lib/key-prefix';

/** Which of the series that line protocol created a list has: those of a measurement, with all of these tags. */
export interface SeriesFilter {
  readonly measurement?: string;
  /** As the API takes them: `host:a`. */
  readonly tag?: readonly string[];
}

/** What a data source is called by. */
interface Named {
  readonly name: string;
  readonly type: string;
  readonly measurement?: string;
  readonly tags?: Readonly<Record<string, string>>;
}

type Tag = readonly [name: string, value: string];

interface Values {
  get(name: string): string | null;
  getAll(name: string): string[];
}

/** The filter that an address has. */
export function seriesFilterOf(values: Values): SeriesFilter {
  const measurement = values.get('measurement');
  const tag = values.getAll('tag');
  return { ...(measurement !== null && measurement !== '' && { measurement }), ...(tag.length > 0 && { tag }) };
}

export function isSeriesFilter({ measurement, tag }: SeriesFilter): boolean {
  return measurement !== undefined || tag !== undefined;
}

/** A tag as the API takes it: a colon in the name has a backslash before it. */
export function tagParameter([name, value]: Tag): string {
  return `${name.replace(/[\\:]/g, String.raw`\$&`)}:${value}`;
}

/** A tag as people read it, `host=a`, from how the API takes it. */
export function tagLabel(parameter: string): string {
  const [, name = '', value = ''] = /^((?:[^\\:]|\\[^])*):([^]*)$/.exec(parameter) ?? [];
  return `${name.replace(/\\([\\:])/g, '$1')}=${value}`;
}

export function withTag(filter: SeriesFilter, tag: string): SeriesFilter {
  const { tag: present = [] } = filter;
  return present.includes(tag) ? filter : { ...filter, tag: [...present, tag] };
}

export function withoutTag({ tag = [], ...filter }: SeriesFilter, removed: string): SeriesFilter {
  const kept = tag.filter((one) => one !== removed);
  return kept.length === 0 ? filter : { ...filter, tag: kept };
}

/** The page of a bucket with the data sources of a filter. */
export function filteredPath(bucketId: string, { measurement, tag = [] }: SeriesFilter): string {
  const values = new URLSearchParams();
  if (measurement !== undefined) values.set('measurement', withoutKeys(measurement));
  for (const one of tag) values.append('tag', withoutKeys(one));
  const search = values.toString();
  return `/buckets/${bucketId}${search && `?${search}`}`;
}

export function tagsOf({ tags = {} }: Pick<Named, 'tags'>): Tag[] {
  return Object.entries(tags);
}

/** The name of a data source where its tags are beside it: of one that still has the name of its series, `cpu,host=a`, its measurement. */
export function shortName({ name, measurement, tags }: Pick<Named, 'name' | 'measurement' | 'tags'>): string {
  const isSeriesName = measurement !== undefined && tags !== undefined && name.startsWith(`${measurement},`);
  return isSeriesName ? measurement : name;
}

/** What a search looks through. */
export function wordsOf(source: Named): string {
  const tags = tagsOf(source).map((tag) => tag.join('='));
  return [source.name, source.type, ...tags].join(' ').toLowerCase();
}
