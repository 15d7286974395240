import { useState } from 'react';
import { Button } from '../../components/button';
import { ErrorNotice } from '../../components/error-notice';
import { TextField } from '../../components/field';
import { Skeleton } from '../../components/skeleton';
import { useSettled } from './use-settled';
import { useBucketNames, useFoundSources, type ListedSource } from './source-names';

/** Finds a data source by a part of its name. */
export function SourceChoice({ onChoose }: { readonly onChoose: (source: ListedSource) => void }) {
  const [text, setText] = useState('');
  const q = useSettled(text.trim().slice(0, 100));
  const { data, error, isPending, refetch } = useFoundSources(q, true);
  const buckets = useBucketNames();
  const found = data?.dataSources ?? [];
  return (
    <div className="source-choice-search">
      <TextField
        label="Data source"
        type="search"
        placeholder="Find by name"
        autoComplete="off"
        value={text}
        onChange={({ target }) => setText(target.value)}
      />
      {error && <ErrorNotice error={error} onRetry={refetch} />}
      {isPending && !error && <Skeleton rows={3} />}
      <p className="unseen" role="status">
        {data && `${data.pagination.total} found`}
      </p>
      {data && found.length === 0 && (
        <p className="muted">{q === '' ? 'There is no data source yet.' : 'No data source has this name.'}</p>
      )}
      <ul className="source-choice-list">
        {found.map((source) => (
          <li key={source._id}>
            <Button kind="quiet" icon="chart" onClick={() => onChoose(source)}>
              {source.name}
              <span className="muted">{buckets.get(source.bucketId)}</span>
            </Button>
          </li>
        ))}
      </ul>
      {data && data.pagination.hasMore && <p className="muted">There are more: type a part of the name.</p>}
    </div>
  );
}
