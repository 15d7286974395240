import { useEffect, useState } from 'react';
import { Button } from '../../components/button';
import { ErrorNotice } from '../../components/error-notice';
import { Notice } from '../../components/notice';
import { ApiProblem } from '../../api/problem';
import { Section } from '../../components/page';
import { formatBytes, formatCount, spacedUnit } from '../../lib/numbers';
import { durationInWords } from '../../lib/times';
import { BadRows } from './bad-rows-table';
import type { ImportJob, JobState } from './import-job';
import { ImportResult } from './import-result';
import { useJobState } from './present-job';
import type { Waiting } from './patience';

interface RunViewProps {
  readonly job: ImportJob;
  readonly onAnother: () => void;
}

/** An import under way, or at its end. */
export function RunView({ job, onAnother }: RunViewProps) {
  const state = useJobState(job);
  const { phase, waiting, error } = state;
  const isUnderWay = phase === 'running' || phase === 'paused';
  return (
    <>
      <div className="import-head">
        <p>
          <strong>{job.source.file.name}</strong> <span className="muted">{PHASES[phase]}</span>
        </p>
        <div className="import-actions">
          {phase === 'running' && (
            <Button icon="pause" onClick={() => job.pause()}>
              Pause
            </Button>
          )}
          {phase !== 'running' && phase !== 'done' && (
            <Button kind="primary" onClick={() => job.goOn()}>
              Continue
            </Button>
          )}
          {isUnderWay && <Button onClick={() => job.stop()}>Stop</Button>}
          {!isUnderWay && <Button onClick={onAnother}>Another file</Button>}
        </div>
      </div>
      {phase !== 'done' && <Progress state={state} size={job.source.file.size} />}
      {waiting && <WaitingNotice waiting={waiting} />}
      {error !== undefined && <FailedNotice error={error} />}
      {phase === 'stopped' && (
        <Notice>
          What was stored stays. This browser remembers the place: go on here, or choose the file again later.
        </Notice>
      )}
      <ImportResult job={job} state={state} />
      {state.place.counts.refused > 0 && (
        <Section title="Rows that were left out">
          <BadRows job={job} state={state} />
        </Section>
      )}
    </>
  );
}

const PHASES: Readonly<Record<JobState['phase'], string>> = {
  running: 'importing',
  paused: 'paused',
  stopped: 'stopped',
  failed: 'stopped by an error',
  done: 'imported',
};

function Progress({
  state: { place, bytesRead, begun, phase },
  size,
}: {
  readonly state: JobState;
  readonly size: number;
}) {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 1000);
    return () => clearInterval(timer);
  }, []);
  const left = phase === 'running' && begun ? millisLeft({ begun, bytesRead, size, now }) : undefined;
  return (
    <div className="import-progress">
      <progress aria-label="Progress of the import" max={Math.max(1, size)} value={bytesRead} />
      <p className="muted">
        {formatCount(place.rows)} rows · {formatBytes(bytesRead)} of {formatBytes(size)}
        {left !== undefined && ` · ${durationInWords(left)} left`}
      </p>
    </div>
  );
}

interface Pace {
  readonly begun: { readonly at: number; readonly bytes: number };
  readonly bytesRead: number;
  readonly size: number;
  readonly now: number;
}

/** Undefined while it cannot be estimated. */
function millisLeft({ begun, bytesRead, size, now }: Pace): number | undefined {
  const [millis, bytes] = [now - begun.at, bytesRead - begun.bytes];
  if (millis < 2000 || bytes <= 0) return undefined;
  return Math.max(1000, Math.round((((size - bytesRead) / bytes) * millis) / 1000) * 1000);
}

function WaitingNotice({ waiting: { reason, until } }: { readonly waiting: Waiting }) {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 500);
    return () => clearInterval(timer);
  }, []);
  return (
    <Notice tone="warn" isUrgent>
      {reason}.{' '}
      <span aria-hidden="true">
        Going on in {Math.max(0, Math.ceil((until - now) / 1000))}
        {spacedUnit('s')} …
      </span>
    </Notice>
  );
}

/** Errors of requests are the server's; others are of the file. */
function FailedNotice({ error }: { readonly error: unknown }) {
  if (error instanceof ApiProblem || !(error instanceof Error)) return <ErrorNotice error={error} />;
  return (
    <Notice tone="bad" isUrgent>
      {error.message}
    </Notice>
  );
}
