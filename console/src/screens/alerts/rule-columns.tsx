import { Link } from 'wouter';
import { Value } from '../../components/num';
import type { Column } from '../../components/table';
import { Time } from '../../components/time';
import type { Rule } from './alert-queries';
import { fieldsIn, type Condition } from './condition';
import { rulePath } from './rule-paths';
import { RuleStateBadge } from './rule-state';
import type { ListedSource } from './source-names';

interface Names {
  readonly sources: ReadonlyMap<string, ListedSource>;
  /** Undefined where there is one bucket alone. */
  readonly buckets: ReadonlyMap<string, string> | undefined;
}

/** The columns of a list of rules. */
export function ruleColumns({ sources, buckets }: Names): Column<Rule>[] {
  return [
    { id: 'state', header: 'State', width: '7rem', cell: (rule) => <RuleStateBadge {...rule} /> },
    {
      id: 'name',
      header: 'Rule',
      sortFirst: 'asc',
      cut: 'rest',
      cell: (rule) => (
        <span className="table-lines">
          <Link className="alerts-name" href={rulePath(rule)} title={rule.name}>
            {rule.name}
          </Link>
          <span className="table-below" title={rule.condition}>
            {rule.condition}
          </span>
        </span>
      ),
    },
    {
      id: 'lastTriggeredAt',
      header: 'Last fired',
      sortFirst: 'desc',
      hideBelow: 600,
      cell: ({ lastTriggeredAt }) => <Time at={lastTriggeredAt} />,
    },
    {
      id: 'value',
      header: 'Last value',
      align: 'right',
      hideBelow: 600,
      cell: (rule) => <LastValue rule={rule} source={sources.get(rule.dataSourceId)} />,
    },
    {
      id: 'source',
      header: 'Data source',
      cut: 'name',
      hideBelow: 600,
      cell: ({ dataSourceId, bucketId }) => {
        const source = sources.get(dataSourceId);
        return source && <Link href={`/buckets/${bucketId}/sources/${dataSourceId}`}>{source.name}</Link>;
      },
    },
    ...(buckets
      ? [
          {
            id: 'bucket',
            header: 'Bucket',
            hideBelow: 960,
            cut: 'name',
            cell: ({ bucketId }: Rule) => buckets.get(bucketId),
          } as const,
        ]
      : []),
  ];
}

/** The values that the condition compares, as they are now; for missing data the time of the last point. */
function LastValue({ rule, source }: { readonly rule: Rule; readonly source: ListedSource | undefined }) {
  const latest = source?.stats?.latest;
  if (!source || !latest) return <span className="muted">–</span>;
  const fields = fieldsIn(rule.parsedCondition as unknown as Condition);
  if (fields.length === 0) return <Time at={latest.timestamp} />;
  const values = latest.values as Readonly<Record<string, unknown>>;
  return (
    <span className="alerts-values">
      {fields.map((field) => (
        <Value key={field} value={values[field]} unit={source.schema[field]?.unit} />
      ))}
    </span>
  );
}
