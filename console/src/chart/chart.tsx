import { useEffect, useEffectEvent, useId, useMemo, useRef, useState, type KeyboardEvent } from 'react';
import { plainTime, rangeTime } from '../lib/times';
import { useDrawnTheme } from '../shell/theme';
import { ChartLegend } from './chart-legend';
import { announcement } from './announcement';
import { moved, scaled } from './ranges';
import { modelOf, type ChartInterval, type ChartThreshold } from './model';
import { Plot } from './plot';
import type { AxisChoice } from './scales';
import type { ChartSeries, TimeRange } from './series';
import { ThresholdHandle } from './threshold-handle';

export interface ChartProps {
  /** What the chart shows, for those who do not see it: `Temperature of Living room, last 24 hours`. */
  readonly label: string;
  readonly series: readonly ChartSeries[];
  /** What is visible. Keep it in the address, and read the data of another range when `onRange` asks for it. */
  readonly range: TimeRange;
  readonly onRange?: (range: TimeRange) => void;
  /** IANA name of a time zone. By default the browser's. */
  readonly zone?: string | undefined;
  readonly axes?: AxisChoice;
  readonly intervals?: readonly ChartInterval[];
  readonly threshold?: ChartThreshold | undefined;
  readonly height?: number;
  /** Other data is on its way: what is drawn is from before. */
  readonly isStale?: boolean;
  /** Where the lines are, in pixels from the left of the content of the chart: for what is drawn along the same times below it. */
  readonly onFrame?: (frame: ChartFrame) => void;
}

export interface ChartFrame {
  readonly left: number;
  readonly width: number;
}

const NO_INTERVALS: readonly ChartInterval[] = [];
const NONE_HIDDEN: ReadonlySet<string> = new Set();
const KEY_PAN_SHARE = 0.25;

/**
 * A chart of values over time: a line for each series, in the band of its least and greatest values. Dragging zooms, Shift and a drag pan;
 * with the keyboard, arrows move a cursor whose values are announced, Shift and arrows pan, + and - zoom.
 */
export function Chart({
  label,
  series,
  range,
  onRange,
  zone,
  axes = 'unit',
  intervals = NO_INTERVALS,
  threshold,
  height = 300,
  isStale = false,
  onFrame,
}: ChartProps) {
  const hintId = useId();
  const theme = useDrawnTheme();
  const [hidden, setHidden] = useState(NONE_HIDDEN);
  const [pointed, setCursor] = useState<number | null>(null);
  const [spoken, setSpoken] = useState('');
  const element = useRef<HTMLDivElement>(null);
  const [plot, setPlot] = useState<Plot>();
  const model = useMemo(
    () => modelOf({ series, range, zone, axes, intervals, threshold, hidden, height }),
    [series, range, zone, axes, intervals, threshold, hidden, height],
  );
  const { times } = model.data;
  // Another range may have fewer places than the one that was pointed at.
  const cursor = pointed !== null && pointed < times.length ? pointed : null;

  const first = useEffectEvent(() => model);
  const choose = useEffectEvent((wanted: TimeRange) => onRange?.(wanted));
  useEffect(() => {
    if (!element.current) return undefined;
    const made = new Plot(element.current, first(), {
      onRange: (wanted) => choose(wanted),
      onCursor: setCursor,
    });
    setPlot(made);
    const observer = new ResizeObserver(([entry]) => made.resize(entry?.contentRect.width ?? 0));
    observer.observe(element.current);
    return () => {
      observer.disconnect();
      made.remove();
    };
  }, [theme]);
  useEffect(() => plot?.update(model), [plot, model]);
  const place = useEffectEvent(() => {
    if (plot) onFrame?.(plot.frame());
  });
  useEffect(() => {
    place();
    return plot?.onDrawn(() => place());
  }, [plot]);

  const moveTo = (index: number | null) => {
    const place = index === null || times.length === 0 ? null : Math.max(0, Math.min(times.length - 1, index));
    plot?.moveCursor(place);
    setCursor(place);
    setSpoken(place === null ? '' : announcement(model, place));
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.target !== event.currentTarget) return;
    const act = keyAction(event, { cursor, last: times.length - 1, range, around: times[cursor ?? -1] });
    if (!act) return;
    event.preventDefault();
    if ('index' in act) moveTo(act.index);
    else onRange?.(act.range);
  };
  const toggle = (id: string) => {
    const next = new Set(hidden);
    if (!next.delete(id)) next.add(id);
    setHidden(next);
  };

  return (
    <figure className="chart" data-stale={isStale || undefined}>
      <ChartLegend model={model} cursor={cursor} onToggle={toggle} />
      <div className="chart-place">
        <div
          ref={element}
          className="chart-plot"
          style={{ height }}
          role="application"
          aria-roledescription="chart"
          aria-label={label}
          aria-describedby={hintId}
          tabIndex={0}
          onKeyDown={onKeyDown}
          onBlur={() => moveTo(null)}
        />
        {threshold && plot && <ThresholdHandle plot={plot} threshold={threshold} />}
      </div>
      <p id={hintId} className="unseen">
        Arrow keys read values. Shift and arrow keys move through time, plus and minus zoom.
      </p>
      <p className="unseen" role="status" aria-live="polite">
        {spoken}
      </p>
      <figcaption className="chart-time">
        {cursor === null ? rangeTime(range, zone) : plainTime(times[cursor] ?? 0, zone)}
      </figcaption>
    </figure>
  );
}

interface KeyState {
  readonly cursor: number | null;
  readonly last: number;
  readonly range: TimeRange;
  /** The time at the cursor. */
  readonly around: number | undefined;
}

/** What a key does: move the cursor to a place, or show another range. */
function keyAction(
  { key, shiftKey, ctrlKey, metaKey }: KeyboardEvent,
  { cursor, last, range, around }: KeyState,
): { readonly index: number | null } | { readonly range: TimeRange } | undefined {
  const length = range.to - range.from;
  const middle = around ?? (range.from + range.to) / 2;
  const step = ctrlKey || metaKey ? 10 : 1;
  if (shiftKey && key === 'ArrowLeft') return { range: moved(range, -length * KEY_PAN_SHARE) };
  if (shiftKey && key === 'ArrowRight') return { range: moved(range, length * KEY_PAN_SHARE) };
  if (key === 'ArrowLeft') return { index: cursor === null ? last : cursor - step };
  if (key === 'ArrowRight') return { index: cursor === null ? 0 : cursor + step };
  if (key === 'Home') return { index: 0 };
  if (key === 'End') return { index: last };
  if (key === 'Escape' && cursor !== null) return { index: null };
  if (key === '+' || key === '=') return { range: scaled(range, 0.5, middle) };
  if (key === '-') return { range: scaled(range, 2, middle) };
  return undefined;
}
