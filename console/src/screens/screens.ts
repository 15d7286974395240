import { lazy, type ComponentType } from 'react';
import type { Screen } from '../shell/places';

/** A screen that is loaded when it is opened. */
function loaded(load: () => Promise<ComponentType>): ComponentType {
  return lazy(async () => ({ default: await load() }));
}

/** Every screen, in the order of the navigation. `console/README.md` says how to add one. */
export const SCREENS: readonly Screen[] = [
  {
    path: '/overview',
    needs: 'admin',
    place: { label: 'Overview', icon: 'overview' },
    Component: loaded(async () => (await import('./overview/overview-screen')).OverviewScreen),
  },
  {
    path: '/buckets',
    needs: 'admin',
    place: { label: 'Buckets', icon: 'bucket' },
    Component: loaded(async () => (await import('./buckets/buckets-screen')).BucketsScreen),
  },
  {
    path: '/buckets/:bucketId',
    needs: 'read',
    Component: loaded(async () => (await import('./bucket/bucket-screen')).BucketScreen),
  },
  {
    path: '/buckets/:bucketId/sources/:sourceId',
    needs: 'read',
    Component: loaded(async () => (await import('./source/source-screen')).SourceScreen),
  },
  {
    path: '/start',
    needs: 'admin',
    Component: loaded(async () => (await import('./start/start-screen')).StartScreen),
  },
  {
    path: '/import',
    needs: 'write',
    Component: loaded(async () => (await import('./import/import-screen')).ImportScreen),
  },
  {
    path: '/keys',
    needs: 'admin',
    place: { label: 'Keys', icon: 'key' },
    Component: loaded(async () => (await import('./keys/keys-screen')).KeysScreen),
  },
  ...['/keys/:keyId', '/keys/:bucketId/:keyId'].map((path) => ({
    path,
    needs: 'admin' as const,
    Component: loaded(async () => (await import('./keys/key-page')).KeyPage),
  })),
  {
    path: '/alerts',
    needs: 'read',
    place: {
      label: 'Alerts',
      icon: 'bell',
      Count: loaded(async () => (await import('./alerts/firing-count')).FiringCount),
    },
    Component: loaded(async () => (await import('./alerts/alerts-screen')).AlertsScreen),
  },
  {
    path: '/alerts/new',
    needs: 'change',
    Component: loaded(async () => (await import('./alerts/edit-screen')).NewRuleScreen),
  },
  {
    path: '/alerts/:alertId/edit',
    needs: 'change',
    Component: loaded(async () => (await import('./alerts/edit-screen')).EditRuleScreen),
  },
  {
    path: '/alerts/:alertId',
    needs: 'read',
    Component: loaded(async () => (await import('./alerts/rule-screen')).RuleScreen),
  },
  {
    path: '/audit',
    needs: 'admin',
    place: { label: 'Audit log', icon: 'log' },
    Component: loaded(async () => (await import('./audit/audit-screen')).AuditScreen),
  },
  {
    path: '/server',
    needs: 'admin',
    place: { label: 'Server', icon: 'server' },
    Component: loaded(async () => (await import('./server/server-screen')).ServerScreen),
  },
  {
    path: '/key',
    needs: 'any',
    Component: loaded(async () => (await import('./key/key-screen')).KeyScreen),
  },
];
