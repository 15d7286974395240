interface Named {
  readonly _id: string;
  readonly name: string;
  readonly bucketId?: string | null;
}

/** What events can be about, as far as it still exists. */
export interface Things {
  readonly buckets: readonly Named[];
  readonly keys: readonly Named[];
  readonly sources: readonly Named[];
  readonly rules: readonly Named[];
}

interface AboutOption {
  readonly id: string;
  /** `Boiler (key in Home)`; the end of its id too, where several read alike. */
  readonly label: string;
}

const ID = /^[0-9a-f]{24}$/;

/** Everything that events can be about, by name. */
export function aboutOptions({ buckets, keys, sources, rules }: Things): AboutOption[] {
  const bucketNames = new Map(buckets.map(({ _id, name }) => [_id, name]));
  const labelled = (kind: string, rows: readonly Named[]) =>
    rows.map(({ _id, name, bucketId }) => {
      const bucket = bucketNames.get(bucketId ?? '');
      return { id: _id, label: `${name} (${kind}${bucket === undefined ? '' : ` in ${bucket}`})` };
    });
  const all = [
    ...labelled('bucket', buckets),
    ...labelled('key', keys),
    ...labelled('data source', sources),
    ...labelled('alert rule', rules),
  ];
  const counts = new Map<string, number>();
  for (const { label } of all) counts.set(label, (counts.get(label) ?? 0) + 1);
  return all
    .map(({ id, label }) => ({ id, label: counts.get(label) === 1 ? label : `${label} …${id.slice(-6)}` }))
    .sort((one, other) => one.label.localeCompare(other.label, 'en', { numeric: true }));
}

/** The id that a text means: an id, an option, or the start of one option alone. */
export function idOfAbout(text: string, options: readonly AboutOption[]): string | undefined {
  const wanted = text.trim().toLowerCase();
  if (wanted === '') return undefined;
  if (ID.test(wanted)) return wanted;
  const labels = options.map(({ id, label }) => ({ id, label: label.toLowerCase() }));
  const exact = labels.find(({ label }) => label === wanted);
  const begun = labels.filter(({ label }) => label.startsWith(wanted));
  return exact?.id ?? (begun.length === 1 ? begun[0]?.id : undefined);
}
