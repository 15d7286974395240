const TYPES = ['all', 'admin', 'write', 'read'] as const;
const STATES = ['active', 'expired', 'disabled', 'replaced'] as const;
const SORTS = ['name', '-name', 'lastUsedAt', '-lastUsedAt', 'asc', 'desc'] as const;
/** Keys that were not used for this long may not be needed. */
export const UNUSED_DAYS = 30;

/** Which keys are listed, and in which order, as the API takes it. */
export interface KeyListFilter {
  readonly q?: string | undefined;
  readonly type: (typeof TYPES)[number];
  readonly bucketId?: string | undefined;
  readonly state?: (typeof STATES)[number] | undefined;
  readonly unusedForDays?: number | undefined;
  readonly include?: 'sessions' | undefined;
  readonly sort: (typeof SORTS)[number];
}

interface Values {
  get(name: string): string | null;
}

/** The filter that an address has. What it does not know is ignored. */
export function keyListFilterOf(values: Values): KeyListFilter {
  return {
    q: values.get('q') ?? undefined,
    type: oneOf(TYPES, values.get('type')) ?? 'all',
    bucketId: values.get('bucket') ?? undefined,
    state: oneOf(STATES, values.get('state')),
    unusedForDays: values.get('unused') === '1' ? UNUSED_DAYS : undefined,
    include: values.get('sessions') === '1' ? 'sessions' : undefined,
    sort: oneOf(SORTS, values.get('sort')) ?? 'desc',
  };
}

/** How many of its parts are set, without the text that is looked for. */
export function filterCount({ type, bucketId, state, unusedForDays, include }: KeyListFilter): number {
  return [type === 'all' ? undefined : type, bucketId, state, unusedForDays, include].filter(Boolean).length;
}

/** Whether it leaves any key out. */
export function isFiltered({ q, type, bucketId, state, unusedForDays }: KeyListFilter): boolean {
  return type !== 'all' || [q, bucketId, state, unusedForDays].some((value) => value !== undefined && value !== '');
}

/** A sort as a table shows it. */
export function tableSortOf({ sort }: KeyListFilter): { readonly column: string; readonly direction: 'asc' | 'desc' } {
  if (sort === 'asc' || sort === 'desc') return { column: 'createdAt', direction: sort };
  const isDown = sort.startsWith('-');
  return { column: isDown ? sort.slice(1) : sort, direction: isDown ? 'desc' : 'asc' };
}

/** A sort of a table as the API and the address have it. */
export function sortTextOf({ column, direction }: { readonly column: string; readonly direction: 'asc' | 'desc' }) {
  if (column === 'createdAt') return direction;
  return direction === 'asc' ? column : `-${column}`;
}

function oneOf<T extends string>(known: readonly T[], wanted: string | null): T | undefined {
  return known.find((one) => one === wanted);
}
