import type { ComponentType } from 'react';
import { LoadingPage } from '../components/loading-page';
import { loaded } from '../lib/loaded';
import type { Screen } from '../shell/places';

/** A screen that is loaded when it is opened. */
function screen(load: () => Promise<ComponentType>): ComponentType {
  return loaded(load, LoadingPage);
}

/** Every screen, in the order of the navigation. `console/README.md` says how to add one. */
export const SCREENS: readonly Screen[] = [
  {
    path: '/overview',
    needs: 'admin',
    place: { label: 'Overview', icon: 'overview' },
    Component: screen(async () => (await import('./overview/overview-screen')).OverviewScreen),
  },
  {
    path: '/buckets',
    needs: 'admin',
    place: { label: 'Buckets', icon: 'bucket' },
    Component: screen(async () => (await import('./buckets/buckets-screen')).BucketsScreen),
  },
  {
    path: '/buckets/:bucketId',
    needs: 'read',
    Component: screen(async () => (await import('./bucket/bucket-screen')).BucketScreen),
  },
  {
    path: '/buckets/:bucketId/sources/:sourceId',
    needs: 'read',
    Component: screen(async () => (await import('./source/source-screen')).SourceScreen),
  },
  {
    path: '/start',
    needs: 'admin',
    Component: screen(async () => (await import('./start/start-screen')).StartScreen),
  },
  {
    path: '/import',
    needs: 'write',
    Component: screen(async () => (await import('./import/import-screen')).ImportScreen),
  },
  {
    path: '/keys',
    needs: 'admin',
    place: { label: 'Keys', icon: 'key' },
    Component: screen(async () => (await import('./keys/keys-screen')).KeysScreen),
  },
  ...['/keys/:keyId', '/keys/:bucketId/:keyId'].map((path) => ({
    path,
    needs: 'admin' as const,
    Component: screen(async () => (await import('./keys/key-page')).KeyPage),
  })),
  {
    path: '/alerts',
    needs: 'read',
    place: {
      label: 'Alerts',
      icon: 'bell',
      Count: loaded(async () => (await import('./alerts/firing-count')).FiringCount),
    },
    Component: screen(async () => (await import('./alerts/alerts-screen')).AlertsScreen),
  },
  {
    path: '/alerts/new',
    needs: 'change',
    Component: screen(async () => (await import('./alerts/edit-screen')).NewRuleScreen),
  },
  {
    path: '/alerts/:alertId/edit',
    needs: 'change',
    Component: screen(async () => (await import('./alerts/edit-screen')).EditRuleScreen),
  },
  {
    path: '/alerts/:alertId',
    needs: 'read',
    Component: screen(async () => (await import('./alerts/rule-screen')).RuleScreen),
  },
  {
    path: '/audit',
    needs: 'admin',
    place: { label: 'Audit log', icon: 'log' },
    Component: screen(async () => (await import('./audit/audit-screen')).AuditScreen),
  },
  {
    path: '/server',
    needs: 'admin',
    place: { label: 'Server', icon: 'server' },
    Component: screen(async () => (await import('./server/server-screen')).ServerScreen),
  },
  {
    path: '/key',
    needs: 'any',
    Component: screen(async () => (await import('./key/key-screen')).KeyScreen),
  },
];
