import { Link } from 'wouter';
import { Notice } from '../../components/notice';
import { counted, formatCount } from '../../lib/numbers';
import { plainTime } from '../../lib/times';
import type { ImportJob, JobState } from './import-job';
import type { FilledSource, ImportCounts } from './import-place';

const MAX_SOURCES = 20;

/** What was stored so far, and where to see it. */
export function ImportResult({ job, state: { phase, place } }: { readonly job: ImportJob; readonly state: JobState }) {
  const { counts, sources } = place;
  const { bucketId } = job.settings;
  return (
    <>
      {phase === 'done' && (
        <Notice tone={counts.refused === 0 ? 'ok' : 'warn'} isUrgent>
          {doneSentence(counts)}
        </Notice>
      )}
      <dl className="import-counts">
        <Figure name="Stored" value={counts.stored} />
        <Figure name="Replaced" value={counts.updated} />
        <Figure name="Already there" value={counts.known} />
        <Figure name="Left out" value={counts.refused} />
      </dl>
      {sources.length > 0 && (
        <ul className="import-sources" aria-label="Data sources">
          {sources.slice(0, MAX_SOURCES).map((source) => (
            <li key={source.id}>
              <Link href={explorerPath(bucketId, source)}>{source.name}</Link>
              <span className="muted">
                {counted(source.points, 'point')}, {plainTime(source.from)} to {plainTime(source.to)}
              </span>
            </li>
          ))}
          {sources.length > MAX_SOURCES && (
            <li>
              <Link href={`/buckets/${bucketId}`}>{formatCount(sources.length - MAX_SOURCES)} more</Link>
            </li>
          )}
        </ul>
      )}
    </>
  );
}

function Figure({ name, value }: { readonly name: string; readonly value: number }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{formatCount(value)}</dd>
    </div>
  );
}

function doneSentence({ stored, updated, known, refused }: ImportCounts): string {
  const accepted = stored + updated + known;
  const kept =
    refused === 0 ? 'All rows are stored.' : `${counted(accepted, 'row')} stored, ${formatCount(refused)} left out.`;
  return known === 0 ? kept : `${kept} ${formatCount(known)} of them were there before.`;
}

/** The chart of a data source, over the range of what was imported. */
function explorerPath(bucketId: string, { id, from, to }: FilledSource): string {
  // A range has a length, and the end of it is exclusive.
  const end = to + Math.max(1, Math.round((to - from) / 100));
  return `/buckets/${bucketId}/sources/${id}?from=${from}&to=${end}`;
}
