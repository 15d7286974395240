import { SelectField } from '../../components/field';
import { Popover } from '../../components/menu';
import { ownZone } from '../../lib/times';
import { zoneOptions } from '../../lib/zone-options';
import { PERIODS } from './earlier';
import { AGGREGATIONS, FILLS, listText, type ExplorerState } from './explorer-state';
import { SourceAdder } from './source-adder';
import { automaticStep, stepInWords, stepsFor } from './steps';
import type { Charted } from './chart-series';
import type { Explorer } from './use-explorer';

const MEANINGS: Readonly<Record<string, string>> = {
  avg: 'Mean and range',
  min: 'Least',
  max: 'Greatest',
  sum: 'Sum',
  count: 'Number of points',
  first: 'First',
  last: 'Last',
  median: 'Median',
  p95: '95th percentile',
  p99: '99th percentile',
  stddev: 'Standard deviation',
  none: 'Leave gaps',
  previous: 'Hold the last value',
  linear: 'Straight line',
};
const optionsOf = (names: readonly string[]) => names.map((value) => ({ value, label: MEANINGS[value] ?? value }));
/** More lines than this cannot be told apart. */
const MAX_SOURCES = 6;

/** What is drawn: `Mean and range, every 5 minutes, and the day before`. */
export function viewInWords({ aggregation, step, compare }: ExplorerState): string {
  const parts = [MEANINGS[aggregation] ?? aggregation, `every ${stepInWords(step).replace(/^1 /, '')}`];
  return [...parts, ...(compare ? [`and the ${compare} before`] : [])].join(', ');
}

interface ViewChoiceProps {
  readonly explorer: Explorer;
  /** The first is the one of the page. */
  readonly charted: readonly Charted[];
  readonly sources: readonly Charted[];
}

/** How the range is drawn: step, aggregation, gaps, comparison, axes, time zone. */
export function ViewChoice({ explorer: { state, change }, charted, sources }: ViewChoiceProps) {
  const { range, step, chosenStep, aggregation, fill, compare, axes, others, zone } = state;
  const steps = stepsFor(range.to - range.from);
  const free = sources.filter(({ _id }) => !charted.some((one) => one._id === _id));
  const canAdd = charted.length < MAX_SOURCES && free.length > 0;
  return (
    <Popover label="View" icon="down">
      <div className="form source-view">
        <SelectField
          label="Show"
          value={aggregation}
          options={optionsOf(AGGREGATIONS)}
          onChange={({ target }) => change({ as: target.value === 'avg' ? null : target.value })}
        />
        <SelectField
          label="Step"
          value={chosenStep === step ? step : ''}
          options={[
            { value: '', label: `Automatic: ${stepInWords(automaticStep(range.to - range.from))}` },
            ...steps.map((value) => ({ value, label: stepInWords(value) })),
          ]}
          onChange={({ target }) => change({ step: target.value || null })}
        />
        <SelectField
          label="Without points"
          value={fill}
          options={optionsOf(FILLS)}
          onChange={({ target }) => change({ fill: target.value === 'none' ? null : target.value })}
        />
        <SelectField
          label="Compare with"
          value={compare ?? ''}
          options={[
            { value: '', label: 'Nothing' },
            ...PERIODS.map((value) => ({ value, label: `The ${value} before` })),
          ]}
          onChange={({ target }) => change({ compare: target.value || null })}
        />
        <SelectField
          label="Axes"
          value={axes}
          options={[
            { value: 'unit', label: 'One for each unit' },
            { value: 'own', label: 'One for each line' },
          ]}
          onChange={({ target }) => change({ axes: target.value === 'own' ? 'own' : null })}
        />
        <SelectField
          label="Time zone"
          value={zone}
          options={zoneOptions(zone)}
          onChange={({ target }) => change({ zone: target.value === ownZone() ? null : target.value })}
        />
        {canAdd && <SourceAdder sources={free} onAdd={(id) => change({ with: listText([...others, id]) })} />}
      </div>
    </Popover>
  );
}
