import type { ComponentType } from 'react';
import type { IconName } from '../components/icon';
import { may, type Need } from '../session/rights';
import type { Session } from '../session/session';

/** A screen of the console. */
export interface Screen {
  /** As wouter matches it: `/buckets/:bucketId`. */
  readonly path: string;
  readonly needs: Need;
  readonly Component: ComponentType;
  /** Its entry in the navigation, for those it is for. Without it, a screen is reached from others. */
  readonly place?: Omit<Place, 'path'>;
}

export interface Place {
  readonly path: string;
  readonly label: string;
  readonly icon: IconName;
  /** A count at its end, of what wants attention. */
  readonly Count?: ComponentType;
}

/** The entries of the navigation. The key of a bucket begins with its bucket. */
export function placesOf(screens: readonly Screen[], session: Session): Place[] {
  const { bucket, writeOnly } = session;
  const own: Place[] =
    bucket && !writeOnly ? [{ path: `/buckets/${bucket._id}`, label: bucket.name, icon: 'bucket' }] : [];
  return [
    ...own,
    ...screens.flatMap(({ path, needs, place }) => (place && may(session, needs) ? [{ path, ...place }] : [])),
  ];
}
