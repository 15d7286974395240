import { SelectField } from '../../components/field';
import { isEpoch, TIME_FORMAT_NAMES, TIME_FORMATS, type TimeFormat } from '../../csv/time-format';
import { zoneOptions } from '../../lib/zone-options';
import type { Mapping, Outlook } from './mapping';

interface TimeChoiceProps {
  readonly outlook: Outlook;
  readonly zone: string;
  readonly onChange: (change: Partial<Pick<Mapping, 'format' | 'zone'>>) => void;
}

/** In which form the times are, and in which zone. */
export function TimeChoice({ outlook: { found, format }, zone, onChange }: TimeChoiceProps) {
  const isOpen = format === undefined;
  const needsZone = format === undefined || (!isEpoch(format) && found?.hasOffsets !== true);
  return (
    <div className="form">
      <SelectField
        label="Form of the times"
        value={format ?? ''}
        options={[
          ...(isOpen ? [{ value: '', label: 'Choose' }] : []),
          ...TIME_FORMATS.map((value) => ({ value, label: TIME_FORMAT_NAMES[value] })),
        ]}
        onChange={({ target }) => onChange({ format: target.value as TimeFormat })}
        error={isOpen && found ? 'The day or the month could be first: no number in the first rows tells' : undefined}
      />
      {needsZone && (
        <SelectField
          label="Time zone of the times"
          value={zone}
          options={zoneOptions(zone)}
          onChange={({ target }) => onChange({ zone: target.value })}
          hint="Of a device that does not change to summer time, such as a data logger, choose Etc/GMT-1 or a similar one."
        />
      )}
    </div>
  );
}
