import { useMemo, useState } from 'react';
import { Button } from '../../components/button';
import { ErrorNotice } from '../../components/error-notice';
import { Notice } from '../../components/notice';
import { Bytes } from '../../components/num';
import { Skeleton } from '../../components/skeleton';
import { Time } from '../../components/time';
import { sampleOf, type Chosen } from '../../csv/sample';
import { useAddressState } from '../../lib/address-state';
import { counted } from '../../lib/numbers';
import { useSession } from '../../session/use-session';
import { useSources } from '../bucket/source-queries';
import { BucketChoice } from './bucket-choice';
import { FileFacts } from './file-facts';
import { ImportJob } from './import-job';
import { START, type ImportPlace, type ImportSettings, type Unfinished } from './import-place';
import { MappingSetup } from './mapping-setup';
import type { OpenedFile } from './opened-file';
import { startJob } from './present-job';
import { suggestionFor } from './suggestion';
import { forgetImport, unfinishedImports } from './unfinished-imports';

interface FileSetupProps {
  readonly opened: OpenedFile;
  readonly onAnother: () => void;
}

/** What is known of a file, and what its columns become. */
export function FileSetup({ opened, onAnother }: FileSetupProps) {
  const { file, first, fingerprint } = opened;
  const { bucket, type } = useSession();
  const [values] = useAddressState();
  const bucketId = bucket?._id ?? values.get('bucket') ?? '';
  const [unfinished, setUnfinished] = useState(() => unfinishedImports().find((one) => one.file === fingerprint));
  const [chosen, setChosen] = useState<Chosen>({});
  const sample = useMemo(() => sampleOf(first.bytes, first.isWhole, chosen), [first, chosen]);
  const suggestion = useMemo(() => suggestionFor(sample), [sample]);

  const start = (settings: ImportSettings, place: ImportPlace = START) =>
    startJob(new ImportJob({ file, isCompressed: first.isCompressed, fingerprint }, settings, type === 'admin', place));
  const isOwn = unfinished && (bucket === null || unfinished.settings.bucketId === bucket._id);

  return (
    <>
      <div className="import-head">
        <p>
          <strong>{file.name}</strong>{' '}
          <span className="muted">
            <Bytes value={file.size} />
            {first.isCompressed && ', compressed'}
          </span>
        </p>
        <Button onClick={onAnother}>Another file</Button>
      </div>
      {unfinished && isOwn ? (
        <ResumeNotice
          unfinished={unfinished}
          onResume={() => start(unfinished.settings, unfinished.place)}
          onRestart={() => {
            forgetImport(fingerprint);
            setUnfinished(undefined);
          }}
        />
      ) : (
        <>
          <FileFacts sample={sample} onChange={(change) => setChosen((present) => ({ ...present, ...change }))} />
          {sample.names.length < 2 && (
            <Notice tone="bad">
              The file has fewer than two columns this way. Check how cells are separated, and the encoding.
            </Notice>
          )}
          {bucket === null && <BucketChoice />}
          {bucketId !== '' && sample.names.length >= 2 && (
            <WithSources bucketId={bucketId}>
              {(sources) => (
                <MappingSetup
                  // Another reading of the file has other columns.
                  key={`${bucketId} ${JSON.stringify(chosen)}`}
                  {...{ bucketId, sample, suggestion, sources, fileName: file.name }}
                  onStart={start}
                />
              )}
            </WithSources>
          )}
        </>
      )}
    </>
  );
}

type Sources = ReturnType<typeof useSources>['rows'];

interface WithSourcesProps {
  readonly bucketId: string;
  readonly children: (sources: Sources) => React.ReactNode;
}

function WithSources({ bucketId, children }: WithSourcesProps) {
  const { rows, isPending, error, refetch } = useSources(bucketId);
  if (error) return <ErrorNotice error={error} onRetry={refetch} />;
  return isPending ? <Skeleton rows={6} /> : children(rows);
}

interface ResumeNoticeProps {
  readonly unfinished: Unfinished;
  readonly onResume: () => void;
  readonly onRestart: () => void;
}

function ResumeNotice({ unfinished: { place, savedAt }, onResume, onRestart }: ResumeNoticeProps) {
  return (
    <Notice
      tone="accent"
      actions={
        <>
          <Button kind="primary" onClick={onResume}>
            Continue
          </Button>
          <Button onClick={onRestart}>Start over</Button>
        </>
      }
    >
      {counted(place.rows, 'row')} of this file were imported <Time at={savedAt} />. Continue after them, with the same
      columns and the same target.
    </Notice>
  );
}
