import { CALLS } from './permission-calls';
import { RIGHTS } from './rights';

/** Every route that needs a key, with the call that the matrix makes of it. */
export const PERMISSION_ROUTES = RIGHTS.map(({ operation, route, right }) => {
  const found = CALLS[operation];
  if (!found) throw new Error(`CALLS has no call of ${operation}`);
  const { namesBucket = false, namesSource = false, bySession = false, ...call } = found;
  return {
    route,
    right,
    ...call,
    bySession,
    ofBucket: namesBucket || route.includes(':bucketId'),
    ofSource: namesSource || route.includes(':sourceId'),
    ofAlert: route.includes(':alertId'),
    ofKey: route.includes(':keyId'),
    isInflux: found.isInflux ?? false,
    success: call.success ?? 200,
  };
});
export type Route = (typeof PERMISSION_ROUTES)[number];

/** Every kind of bucket key, with the options that create it. */
export const KINDS = {
  write: { type: 'write', writeOnly: false, isBound: false },
  read: { type: 'read', writeOnly: false, isBound: false },
  'write-only': { type: 'write', writeOnly: true, isBound: false },
  'bound write': { type: 'write', writeOnly: false, isBound: true },
  'bound read': { type: 'read', writeOnly: false, isBound: true },
  'bound write-only': { type: 'write', writeOnly: true, isBound: true },
} as const;
export type Kind = keyof typeof KINDS;
export const KIND_NAMES = Object.keys(KINDS) as Kind[];

/** The resources of a request. */
export const OBJECTS = [
  'own',
  'of another data source',
  'of another bucket',
  'of another organization',
  'absent',
] as const;
