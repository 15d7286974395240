import { formatBytes, formatCount, formatShort, formatValue, spacedUnit } from '../lib/numbers';

/** A measured value with its unit: `21.46 °C`, with all its digits on hover. */
export function Num({
  value,
  unit,
}: {
  readonly value: number | null | undefined;
  readonly unit?: string | undefined;
}) {
  if (value === null || value === undefined) return <span className="muted">–</span>;
  return (
    <span className="num" title={formatValue(value) === String(value) ? undefined : String(value)}>
      {formatValue(value)}
      {unit !== undefined && unit !== '' && <span className="num-unit">{spacedUnit(unit)}</span>}
    </span>
  );
}

/** A count: short where there is little room, with the whole on hover. */
export function Count({ value }: { readonly value: number }) {
  return (
    <span className="num" title={formatCount(value)}>
      {formatShort(value)}
    </span>
  );
}

/** A size in bytes: `1.4 MB`, with the bytes on hover. */
export function Bytes({ value }: { readonly value: number }) {
  return (
    <span className="num" title={`${formatCount(value)} bytes`}>
      {formatBytes(value)}
    </span>
  );
}

/** A value of a field of any type. */
export function Value({ value, unit }: { readonly value: unknown; readonly unit?: string | undefined }) {
  if (typeof value === 'number') return <Num value={value} unit={unit} />;
  if (typeof value === 'boolean') return <span className="num">{value ? 'true' : 'false'}</span>;
  if (typeof value === 'string') return <span>{value}</span>;
  return <span className="muted">–</span>;
}
