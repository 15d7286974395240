import { useState, type FormEvent, type ReactNode } from 'react';
import { moved } from '../../chart/ranges';
import type { TimeRange } from '../../chart/series';
import { Button } from '../../components/button';
import { TextField } from '../../components/field';
import { Popover } from '../../components/menu';
import { offsetAt, instantOf } from '../../lib/zone-clock';
import { PRESETS } from './explorer-state';
import type { Explorer } from './use-explorer';

interface RangeBarProps {
  readonly explorer: Explorer;
  /** From the first to the last point. */
  readonly dataRange: TimeRange | undefined;
  /** More choices, at the end of the line. */
  readonly children: ReactNode;
}

/** Which time is shown: presets, two times, and where the data is. */
export function RangeBar({ explorer, dataRange, children }: RangeBarProps) {
  const { state, showPreset, showRange, toggleLive } = explorer;
  const { range, preset, zone, isLive } = state;
  const length = range.to - range.from;
  return (
    <div className="toolbar source-range">
      <div className="button-group" role="group" aria-label="Range">
        {Object.keys(PRESETS).map((name) => (
          <Button key={name} aria-pressed={name === preset} onClick={() => showPreset(name)}>
            {name}
          </Button>
        ))}
      </div>
      <div className="button-group" role="group" aria-label="Move through time">
        <Button icon="left" aria-label="Earlier" onClick={() => showRange(moved(range, -length))} />
        <Button icon="right" aria-label="Later" onClick={() => showRange(moved(range, length))} />
      </div>
      <Popover label="From … to" icon="clock" isShortBelow600>
        <RangeForm key={`${range.from} ${range.to} ${zone}`} range={range} zone={zone} onRange={showRange} />
      </Popover>
      {dataRange && <Button onClick={() => showRange(dataRange)}>Where my data is</Button>}
      <Button icon="live" aria-pressed={isLive} onClick={toggleLive}>
        Live
      </Button>
      {children}
    </div>
  );
}

interface RangeFormProps {
  readonly range: TimeRange;
  readonly zone: string;
  readonly onRange: (range: TimeRange) => void;
}

function RangeForm({ range, zone, onRange }: RangeFormProps) {
  const [from, setFrom] = useState(() => clockText(range.from, zone));
  const [to, setTo] = useState(() => clockText(range.to, zone));
  const wanted = { from: timeOf(from, zone), to: timeOf(to, zone) };
  const isWrong = !(wanted.to > wanted.from);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!isWrong) onRange(wanted);
  };
  return (
    <form className="form" onSubmit={submit}>
      <TextField type="datetime-local" label="From" value={from} onChange={({ target }) => setFrom(target.value)} />
      <TextField
        type="datetime-local"
        label="To"
        value={to}
        error={isWrong ? 'It ends after it begins' : undefined}
        hint={zone}
        onChange={({ target }) => setTo(target.value)}
      />
      <div className="form-actions">
        <Button type="submit" kind="primary" disabled={isWrong}>
          Show
        </Button>
      </div>
    </form>
  );
}

function clockText(at: number, zone: string): string {
  return new Date(at + offsetAt(at, zone)).toISOString().slice(0, 16);
}

function timeOf(text: string, zone: string): number {
  const clock = Date.parse(`${text}Z`);
  return Number.isNaN(clock) ? NaN : instantOf(clock, zone);
}
