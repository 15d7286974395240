import { useMemo } from 'react';
import { Button } from '../../components/button';
import { ErrorNotice } from '../../components/error-notice';
import { counted } from '../../lib/numbers';
import { durationInWords } from '../../lib/times';
import { usePreview } from './alert-queries';
import { ConditionChart } from './condition-chart';
import { shownFields, type WatchedSource } from './condition-data';
import { normalized } from './marked-text';
import { PREVIEW_DAYS, usePreviewRange } from './preview-range';
import { previewInWords } from './preview-words';
import type { TypedCondition } from './use-condition';
import { useSettled } from './use-settled';

interface PreviewProps {
  readonly source: WatchedSource;
  readonly text: string;
  readonly typed: TypedCondition;
  readonly cooldown: string;
  readonly field: string | undefined;
}

/** When the condition would have fired, on the chart of its fields. Its threshold can be dragged. */
export function Preview({ source, text, typed, cooldown, field }: PreviewProps) {
  const range = usePreviewRange();
  const minutes = Number(useSettled(cooldown));
  const isMinutes = Number.isInteger(minutes) && minutes >= 1 && minutes <= 43_200;
  const { data, error, isFetching, refetch } = usePreview(
    typed.isUnderstood
      ? {
          bucketId: source.bucketId,
          dataSourceId: source._id,
          condition: normalized(text),
          startTime: range.whole.from,
          endTime: range.whole.to,
          ...(isMinutes && { cooldownMinutes: minutes }),
        }
      : undefined,
  );
  // Strings and booleans have a strip of their own for it.
  const isShaded = shownFields(typed.condition, source, field).numbers.length > 0;
  const isRefused = typed.message !== undefined || text.trim() === '';
  const preview = isRefused ? undefined : data;
  const intervals = useMemo(
    () =>
      (preview?.intervals ?? []).map(({ from, to }) => ({
        from: Date.parse(from),
        to: to === null ? null : Date.parse(to),
      })),
    [preview],
  );
  const period = counted(range.days, 'day');
  return (
    <section className="preview" aria-label="Preview">
      <div className="preview-head">
        <p className="preview-said" role="status" data-stale={isFetching || undefined}>
          {preview ? previewInWords(preview.summary, preview.dataPoints, period) : `The last ${period}`}
        </p>
        <div className="button-group" role="group" aria-label="Range">
          {Object.keys(PREVIEW_DAYS).map((name) => (
            <Button key={name} aria-pressed={name === range.name} onClick={() => range.choose(name)}>
              {name}
            </Button>
          ))}
          {range.isZoomed && <Button onClick={() => range.setZoom(undefined)}>Whole range</Button>}
        </div>
      </div>
      {error && <ErrorNotice error={error} onRetry={refetch} />}
      <ConditionChart
        source={source}
        condition={isRefused ? undefined : typed.condition}
        field={field}
        label={`${source.name}, last ${period}`}
        range={range.shown}
        onRange={range.setZoom}
        intervals={intervals}
        thresholdValue={typed.threshold}
        onThreshold={typed.moveThreshold}
      />
      {preview && preview.summary.longestSeconds > 0 && (
        <p className="muted">
          Met for {durationInWords(preview.summary.totalSeconds * 1000)} in all, at most{' '}
          {durationInWords(preview.summary.longestSeconds * 1000)} at a time.
          {isShaded && ' Shaded: when it was met.'}
        </p>
      )}
    </section>
  );
}
