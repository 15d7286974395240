import type { operations } from '../../../../clients/typescript/src/api/schema';
import { startOfDay } from './days';
import { SENTENCES } from './sentences';
import type { Action } from './phrase';

type Query = NonNullable<operations['listAuditEvents']['parameters']['query']>;
/** The filter of the list as the API takes it. */
export type AuditQuery = Pick<Query, 'action' | 'actorId' | 'targetId' | 'bucketId' | 'startTime' | 'endTime'>;

const ID = /^[0-9a-f]{24}$/;
const ACTIONS = Object.keys(SENTENCES) as Action[];

/** The names of the filter in the address. */
export const FILTER_NAMES = ['action', 'by', 'of', 'bucket', 'from', 'to'] as const;

/** The filter that an address describes. What the API would refuse is left out: someone may have edited the address. */
export function filterOf(values: Pick<URLSearchParams, 'get'>): AuditQuery {
  const id = (name: string) => ID.exec(values.get(name) ?? '')?.[0];
  const from = startOfDay(values.get('from') ?? '');
  const to = startOfDay(values.get('to') ?? '', 1);
  const filter = {
    action: ACTIONS.find((action) => action === values.get('action')),
    actorId: id('by'),
    targetId: id('of'),
    bucketId: id('bucket'),
    startTime: from === undefined ? undefined : new Date(from).toISOString(),
    endTime: to === undefined ? undefined : new Date(to).toISOString(),
  };
  return Object.fromEntries(Object.entries(filter).filter(([, value]) => value !== undefined));
}

const GROUPS: Readonly<Record<string, string>> = {
  organization: 'Organization',
  bucket: 'Bucket',
  dataSource: 'Data source',
  data: 'Data',
  rollups: 'Rollups',
  alertRule: 'Alert rule',
  apiKey: 'Key',
  session: 'Session',
  access: 'Request',
  keys: 'Keys',
  audit: 'Audit log',
};
const VERBS: Readonly<Record<string, string>> = {
  secondsFixed: 'times corrected',
  secretRotated: 'new webhook secret',
  deliveryReplayed: 'message sent again',
  codeCreated: 'sign-in link created',
  headMismatch: 'seal did not match',
  anchorMismatch: 'anchor did not match',
  cut: 'old rows removed',
  secretChanged: 'secret changed',
};

/** An action in a list of actions: `Key created`. */
export function actionName(action: Action): string {
  const [group = '', verb = ''] = action.split('.');
  return `${GROUPS[group] ?? group} ${VERBS[verb] ?? verb}`;
}

/** The actions in the order of their names. */
export const ACTION_OPTIONS = ACTIONS.map((value) => ({ value, label: actionName(value) })).sort((one, other) =>
  one.label.localeCompare(other.label, 'en'),
);
