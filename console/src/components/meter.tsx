import { formatCount } from '../lib/numbers';

interface MeterProps {
  readonly label: string;
  readonly value: number;
  /** Null where nothing bounds it by number: then there is no bar. */
  readonly limit: number | null;
  readonly format?: (value: number) => string;
  /** Its end is the aim, or nothing to worry about. */
  readonly isPlain?: boolean;
}

/** From this share of the limit on, it is worth a look. */
const HIGH = 0.8;

/** How much of a limit is used: a name, a bar, and both numbers. */
export function Meter({ label, value, limit, format = formatCount, isPlain = false }: MeterProps) {
  const share = limit === null || limit === 0 ? 0 : Math.min(1, value / limit);
  return (
    <div className="meter">
      <span className="meter-label">{label}</span>
      <span className="meter-numbers">
        {format(value)}
        {limit !== null && <span className="muted"> of {format(limit)}</span>}
      </span>
      {limit !== null && (
        <svg className="meter-bar" viewBox="0 0 100 4" preserveAspectRatio="none" aria-hidden="true" focusable="false">
          <rect width="100" height="4" className="meter-track" />
          <rect
            width={share * 100}
            height="4"
            className="meter-fill"
            data-high={(share >= HIGH && !isPlain) || undefined}
          />
        </svg>
      )}
    </div>
  );
}
