import { counted } from '../../lib/numbers';
import { changedFields, changesOf, countsInWords, numberOf, textOf, type Details } from './details';
import { joined, phrase, quoted, type Action, type AuditEvent, type Part, type Thing } from './phrase';

/** What a sentence is made of besides the event: names that it does not have itself. */
export interface Names {
  /** The name of a bucket that exists. */
  readonly bucket: (id: string) => string | undefined;
  /** Whether it is certain that there is no such bucket: all that exist are known. */
  readonly isBucketGone: (id: string) => boolean;
  /** The name of a data source that exists. */
  readonly source: (id: string) => string | undefined;
  /** A key that exists. */
  readonly key: (id: string) => { readonly type: string } | undefined;
}

interface Context {
  readonly event: AuditEvent;
  readonly details: Details;
  readonly actor: readonly Part[];
  /** The target as a thing to link to, or what stands for it. */
  readonly target: readonly Part[];
  /** ` in ‘Greenhouse’`, where the event is about something in a bucket. */
  readonly place: readonly Part[];
}

type Writer = (context: Context) => Part[];

const KINDS: Readonly<Record<string, Thing['kind']>> = {
  'api key': 'key',
  bucket: 'bucket',
  'data source': 'source',
  'alert rule': 'rule',
};
const KEY_TYPES: Readonly<Record<string, string>> = { admin: 'Admin key', write: 'Write key', read: 'Read key' };

const typedKey = (type: string | undefined) => KEY_TYPES[type ?? ''] ?? 'key';
const keyType = (details: Details) => typedKey(textOf(details, 'type'));
const doing =
  (verb: string, what: string): Writer =>
  ({ actor, target, place }) =>
    phrase`${actor} ${verb} ${what} ${target}${place}`;
const changing =
  (what: string): Writer =>
  ({ actor, target, place, details }) => {
    const fields = changedFields(details);
    const [only, ...others] = changesOf(details);
    if (only?.field === 'name' && others.length === 0)
      return phrase`${actor} renamed ${what} ${target} to ${quoted(String(only.to))}${place}`;
    return fields === ''
      ? phrase`${actor} changed ${what} ${target}${place}`
      : phrase`${actor} changed the ${fields} of ${what} ${target}${place}`;
  };
/** A change that turns something on or off has words of its own. */
const turning = (what: string, field: string, verbs: Readonly<Record<string, string>>): Writer => {
  const otherwise = changing(what);
  return (context) => {
    const [only, ...others] = changesOf(context.details);
    const verb = only?.field === field && others.length === 0 ? verbs[String(only.to)] : undefined;
    return verb === undefined ? otherwise(context) : doing(verb, what)(context);
  };
};
const updatedKey = turning('key', 'enabled', { true: 'enabled', false: 'disabled' });

/** A sentence for each action of the audit log. */
export const SENTENCES: Readonly<Record<Action, Writer>> = {
  'organization.created': doing('created', 'the organization'),
  'bucket.created': doing('created', 'bucket'),
  'bucket.updated': turning('bucket', 'status', { archived: 'archived', active: 'reactivated' }),
  'bucket.deleted': ({ actor, target, details }) => {
    const lost = countsInWords(details, [
      ['dataSources', 'data source'],
      ['dataPoints', 'point'],
      ['apiKeys', 'key'],
      ['alertRules', 'alert rule'],
    ]);
    return phrase`${actor} deleted bucket ${target}${lost === '' ? '' : ` with ${lost}`}`;
  },
  'dataSource.created': doing('created', 'data source'),
  'dataSource.updated': turning('data source', 'status', { archived: 'archived', active: 'reactivated' }),
  'dataSource.deleted': doing('deleted', 'data source'),
  'data.deleted': ({ actor, target, details, event }) => {
    const points = counted(numberOf(details, 'dataPoints'), 'point');
    return event.target.type === 'bucket'
      ? phrase`${actor} deleted ${points} of bucket ${target}`
      : phrase`${actor} deleted ${points} of data source ${target}`;
  },
  'data.imported': ({ actor, target, place, details }) => {
    const rejected = numberOf(details, 'rejected');
    const more = `${rejected === 0 ? '' : `, ${rejected} rejected`}${unfinished(details)}`;
    return phrase`${actor} imported ${counted(numberOf(details, 'inserted'), 'point')} into ${target}${place}${more}`;
  },
  'data.secondsFixed': ({ actor, target, place, details }) =>
    phrase`${actor} corrected the times of ${counted(numberOf(details, 'moved'), 'point')} of ${target}${place}${unfinished(details)}`,
  'rollups.rebuilt': ({ actor, details }) =>
    phrase`${actor} rebuilt the rollups of ${counted(numberOf(details, 'points'), 'point')}${unfinished(details)}`,
  'alertRule.created': doing('created', 'alert rule'),
  'alertRule.updated': turning('alert rule', 'status', { paused: 'paused', active: 'resumed' }),
  'alertRule.deleted': doing('deleted', 'alert rule'),
  'alertRule.secretRotated': doing('made a new webhook secret for', 'alert rule'),
  'alertRule.deliveryReplayed': doing('sent a message again of', 'alert rule'),
  'apiKey.created': ({ actor, target, place, details }) =>
    phrase`${actor} created ${keyType(details)} ${target}${place}`,
  'apiKey.updated': (context) => updatedKey(context),
  'apiKey.rotated': (context) =>
    context.event.actor._id === context.event.target._id
      ? phrase`Key ${context.target} rotated itself${context.place}`
      : doing('rotated', 'key')(context),
  'apiKey.retired': ({ target, place }) =>
    phrase`Key ${target}${place} was retired by the first use of its replacement`,
  'apiKey.deleted': ({ actor, target, place, details }) =>
    phrase`${actor} deleted ${keyType(details)} ${target}${place}`,
  'session.codeCreated': ({ actor, target }) => phrase`${actor} created a sign-in link for key ${target}`,
  'session.opened': ({ target, details }) =>
    details.byCode === true
      ? phrase`Someone signed in with a sign-in link of key ${target}`
      : phrase`Someone signed in with key ${target}`,
  'session.ended': ({ target }) => phrase`A session of key ${target} ended`,
  'access.refused': ({ actor, details }) => {
    const more = numberOf(details, 'more');
    if (more > 0)
      return phrase`${counted(more, 'other request')} of several kinds ${more === 1 ? 'was' : 'were'} refused`;
    const times = numberOf(details, 'times');
    const what = `${textOf(details, 'method')} ${textOf(details, 'path')}`;
    const again = times === 0 ? '' : `, ${times === 1 ? 'once more' : `${counted(times, 'time')} more`}`;
    return phrase`${actor} was refused ${what}${again}: ${textOf(details, 'message')}`;
  },
  'keys.checked': ({ actor, details }) => {
    const [found, revoked] = [numberOf(details, 'found'), numberOf(details, 'revoked')];
    const outcome = `found ${counted(found, 'key')}${revoked === 0 ? '' : `, and revoked ${revoked}`}`;
    return phrase`${actor} searched files for keys: ${outcome}`;
  },
  'audit.verified': ({ actor, details }) => {
    const findings = numberOf(details, 'findings');
    const rows = counted(numberOf(details, 'rows'), 'row');
    return phrase`${actor} verified the audit log: ${rows}, ${findings === 0 ? 'nothing wrong' : counted(findings, 'finding')}`;
  },
  'audit.restarted': ({ actor }) =>
    phrase`${actor} continued the audit log with a new secret, because the old one was lost`,
  'audit.restored': ({ actor }) =>
    phrase`${actor} declared that a backup was restored: the audit log continues from there`,
  'audit.headMismatch': () => ['The end of the audit log did not match its seal'],
  'audit.anchorMismatch': () => ['The audit log did not match its anchor outside of the database'],
  'audit.cut': ({ actor, details }) =>
    phrase`${actor} removed ${counted(numberOf(details, 'rows'), 'row')} of the audit log because of their age`,
  'audit.secretChanged': ({ actor }) => phrase`${actor} changed the secret that seals the audit log`,
};

/** An event as a sentence: `Key ‘Main’ created Write key ‘Sensor’ in ‘Greenhouse’`. */
export function sentenceOf(event: AuditEvent, names: Names): Part[] {
  const context: Context = {
    event,
    details: event.details ?? {},
    actor: actorOf(event, names),
    target: targetOf(event, names),
    place: placeOf(event, names),
  };
  // A newer server may know actions that this page does not.
  const write = SENTENCES[event.action] as Writer | undefined;
  return write ? joined(write(context)) : phrase`${context.actor}: ${event.action} ${context.target}`;
}

function actorOf({ actor, bucketId, action }: AuditEvent, names: Names): Part[] {
  if (actor.type === 'server') return ['The server'];
  if (actor.type === 'command line')
    return [actor.user === undefined ? 'The operator' : `The operator (${actor.user})`];
  const { _id: id = '', name } = actor;
  // The key that acts on a bucket may be the Admin's: only a refused request is sure to be that of a key of the bucket.
  const own = action === 'access.refused' ? bucketId : undefined;
  const type = capital(typedKey(names.key(id)?.type));
  return [`${type} `, { kind: 'key', id, name: name ?? id, bucketId: own }];
}

const GONE: readonly Action[] = ['bucket.deleted', 'dataSource.deleted', 'alertRule.deleted', 'apiKey.deleted'];

function targetOf({ target, bucketId, action, details }: AuditEvent, names: Names): Part[] {
  const { _id: id, type } = target;
  const kind = KINDS[type];
  if (kind === undefined || id === undefined) return target.name === undefined ? [type] : [quoted(target.name)];
  const name = target.name ?? (kind === 'bucket' ? names.bucket(id) : names.source(id)) ?? id;
  // A session key has the name of the key that it was made from, and no page of its own.
  const isSession = action === 'session.opened' || action === 'session.ended';
  if (isSession) return [{ kind, id: textOf(details ?? {}, 'sessionOf'), name, bucketId }];
  return [{ kind, id, name, bucketId: kind === 'bucket' ? id : bucketId, isGone: GONE.includes(action) }];
}

function placeOf({ bucketId, target }: AuditEvent, names: Names): Part[] {
  if (bucketId === undefined || target.type === 'bucket') return [];
  const name = names.bucket(bucketId);
  if (name !== undefined) return [' in ', { kind: 'bucket', id: bucketId, name, bucketId }];
  return names.isBucketGone(bucketId) ? [' in a deleted bucket'] : [];
}

function capital(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1);
}

function unfinished(details: Details): string {
  return textOf(details, 'outcome') === 'interrupted' ? ', then was interrupted' : '';
}
