import { Button } from '../../components/button';
import { Checkbox } from '../../components/field';
import { Value } from '../../components/num';
import { Time } from '../../components/time';
import { listText } from './explorer-state';
import type { Charted } from './chart-series';
import type { Explorer } from './use-explorer';

interface FieldChoiceProps {
  readonly explorer: Explorer;
  /** The first is the one of the page. */
  readonly charted: readonly Charted[];
  /** Its newest point. */
  readonly values: Readonly<Record<string, unknown>> | undefined;
  readonly at: string | undefined;
}

/** The fields of what is charted with their newest values, and the data sources that were added. */
export function FieldChoice({ explorer: { state, change }, charted, values = {}, at }: FieldChoiceProps) {
  const { others } = state;
  const names = fieldsOf(charted);
  const shown = state.fields ?? names;
  const toggle = (name: string) => {
    const next = names.filter((one) => (one === name) !== shown.includes(one));
    change({ fields: next.length === names.length ? null : listText(next) });
  };
  return (
    <div className="source-choice">
      <div className="source-fields source-latest" role="group" aria-label="Fields">
        {names.map((name) => (
          <Checkbox
            key={name}
            label={<FieldName name={name} unit={unitOf(charted, name)} value={values[name]} />}
            checked={shown.includes(name)}
            onChange={() => toggle(name)}
          />
        ))}
        {at !== undefined && (
          <span className="muted">
            <Time at={at} />
          </span>
        )}
      </div>
      {charted.slice(1).map(({ _id, name }) => (
        <Button
          key={_id}
          icon="cross"
          aria-label={`Take ${name} off the chart`}
          onClick={() => change({ with: listText(others.filter((id) => id !== _id)) || null })}
        >
          <span className="source-added">{name}</span>
        </Button>
      ))}
    </div>
  );
}

interface FieldNameProps {
  readonly name: string;
  readonly unit: string | undefined;
  readonly value: unknown;
}

function FieldName({ name, unit, value }: FieldNameProps) {
  if (value === undefined) return unit ? `${name} (${unit})` : name;
  return (
    <>
      {name}{' '}
      <strong>
        <Value value={value} unit={unit} />
      </strong>
    </>
  );
}

function unitOf(charted: readonly Charted[], name: string): string | undefined {
  return charted.find(({ schema }) => schema[name])?.schema[name]?.unit;
}

/** The names of all fields, each once. */
export function fieldsOf(charted: readonly Charted[]): string[] {
  return [...new Set(charted.flatMap(({ schema }) => Object.keys(schema)))];
}
