import { useEffect, useReducer, type KeyboardEvent, type PointerEvent } from 'react';
import { formatValue } from '../lib/numbers';
import type { ChartThreshold } from './model';
import type { Plot } from './plot';

interface ThresholdHandleProps {
  readonly plot: Plot;
  readonly threshold: ChartThreshold;
}

const KEY_STEPS: Readonly<Record<string, number>> = { ArrowUp: 1, ArrowDown: -1, PageUp: 10, PageDown: -10 };

/** The grip of a threshold, at the right end of its line: to drag, or to move with arrow keys. */
export function ThresholdHandle({ plot, threshold }: ThresholdHandleProps) {
  const { value, seriesId, label, onChange } = threshold;
  const [, place] = useReducer((count: number) => count + 1, 0);
  useEffect(() => plot.onDrawn(place), [plot]);
  const top = plot.topOf(value, seriesId);
  const { min = value, max = value } = plot.scaleRange(seriesId) ?? {};
  if (top === undefined) return null;
  const text = formatValue(value);
  if (!onChange) {
    return (
      <span className="threshold" style={{ top }}>
        {text}
      </span>
    );
  }
  const step = stepOf(max - min);

  const onKeyDown = (event: KeyboardEvent) => {
    const steps = KEY_STEPS[event.key];
    if (steps === undefined) return;
    event.preventDefault();
    onChange(rounded(value + steps * step, step));
  };
  const drag = (event: PointerEvent<HTMLElement>) => {
    if (!event.currentTarget.hasPointerCapture(event.pointerId)) return;
    const box = event.currentTarget.parentElement?.getBoundingClientRect();
    const wanted = box && plot.valueAt(event.clientY - box.top, seriesId);
    if (wanted !== undefined) onChange(rounded(wanted, step));
  };
  return (
    <span
      className="threshold"
      style={{ top }}
      role="slider"
      tabIndex={0}
      aria-label={label}
      aria-orientation="vertical"
      aria-valuemin={min}
      aria-valuemax={max}
      aria-valuenow={value}
      aria-valuetext={text}
      onKeyDown={onKeyDown}
      onPointerDown={(event) => event.currentTarget.setPointerCapture(event.pointerId)}
      onPointerMove={drag}
    >
      {text}
    </span>
  );
}

/** A step of 1, 2 or 5 in some digit, about a hundred of which are the height of the chart. */
function stepOf(span: number): number {
  const rough = (span || 1) / 100;
  const power = 10 ** Math.floor(Math.log10(rough));
  const digit = [1, 2, 5].find((one) => one * power >= rough) ?? 10;
  return digit * power;
}

function rounded(value: number, step: number): number {
  return Number((Math.round(value / step) * step).toPrecision(12));
}
