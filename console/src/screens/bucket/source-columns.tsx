import { Link } from 'wouter';
import { numbersOf } from '../../api/columns';
import type { Column } from '../../components/table';
import { Badge } from '../../components/badge';
import { Value } from '../../components/num';
import { Sparkline } from '../../components/sparkline';
import { Time } from '../../components/time';
import { shortName, type SeriesFilter } from './series';
import { SeriesTags } from './series-tags';
import { SPARKLINE_HOURS, type SparklineData, type LatestPoints, type Source } from './source-queries';

/** More fields than fit beside each other are on the page of the data source. */
const MAX_FIELDS = 4;

/** The page of a data source. */
export function sourcePath({ _id, bucketId }: Pick<Source, '_id' | 'bucketId'>): string {
  return `/buckets/${bucketId}/sources/${_id}`;
}

/** The columns of a list of data sources. */
export function sourceColumns(
  latest: LatestPoints,
  range: SparklineData | undefined,
  filter: SeriesFilter,
): Column<Source>[] {
  return [
    {
      id: 'name',
      header: 'Name',
      cut: 'name',
      cell: (source) => (
        <>
          <span className="source-name">
            <Link href={sourcePath(source)} title={source.name}>
              {shortName(source)}
            </Link>
            {source.type !== '' && !source.tags && <span className="source-type">{source.type}</span>}
            {source.status === 'archived' && <Badge icon="pause">archived</Badge>}
          </span>
          {source.tags && <SeriesTags source={source} filter={filter} />}
        </>
      ),
    },
    { id: 'seen', header: 'Last point', cell: ({ _id }) => <Time at={latest.get(_id)?.timestamp} isShortBelow600 /> },
    {
      id: 'values',
      header: 'Last values',
      cut: 'rest',
      cell: (source) => <LastValues source={source} values={latest.get(source._id)?.values ?? {}} />,
    },
    {
      id: 'sparkline',
      header: `Last ${SPARKLINE_HOURS} hours`,
      hideBelow: 600,
      align: 'right',
      cell: (source) => <SourceSparkline source={source} range={range} />,
    },
  ];
}

interface LastValuesProps {
  readonly source: Source;
  readonly values: Readonly<Record<string, unknown>>;
}

function LastValues({ source, values }: LastValuesProps) {
  const names = fieldNames(source, values);
  return (
    <span>
      {names.slice(0, MAX_FIELDS).map((name) => (
        <span key={name} className="last-value">
          <span className="muted">{name}</span> <Value value={values[name]} unit={unitOf(source, name)} />
        </span>
      ))}
      {names.length > MAX_FIELDS && <span className="last-more">+{names.length - MAX_FIELDS}</span>}
    </span>
  );
}

/** The first field that has a number in the last 24 hours. */
function SourceSparkline({ source, range }: { readonly source: Source; readonly range: SparklineData | undefined }) {
  const entry = range?.columns.get(source._id);
  if (!range || !entry) return null;
  const columns = fieldNames(source, entry.values).map((name) => ({ name, values: numbersOf(entry, name) }));
  const shown = columns.find(({ values }) => values.some((value) => value !== null));
  if (!shown) return null;
  return (
    <Sparkline
      times={entry.timestamps}
      values={shown.values}
      from={range.from}
      to={range.to}
      label={`${shown.name} of ${source.name}, last ${SPARKLINE_HOURS} hours`}
    />
  );
}

/** The fields that have a value, in the order of the schema. */
function fieldNames({ schema }: Source, values: Readonly<Record<string, unknown>>): string[] {
  const known = Object.keys(schema).filter((name) => name in values);
  return [...known, ...Object.keys(values).filter((name) => !(name in schema))];
}

function unitOf({ schema }: Source, field: string): string | undefined {
  return schema[field]?.unit;
}
