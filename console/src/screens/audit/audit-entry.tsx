import { useId, useState } from 'react';
import { Button } from '../../components/button';
import { Facts, type Fact } from '../../components/facts';
import { fullTime } from '../../lib/times';
import type { SearchChange } from '../../lib/address-state';
import type { Known } from './audit-queries';
import { actionName } from './audit-filter';
import { clockOf } from './days';
import { changesOf, fieldName, type Details } from './details';
import type { AuditEvent } from './phrase';
import { sentenceOf } from './sentences';
import { Sentence } from './thing-link';

interface EntryProps {
  readonly event: AuditEvent;
  readonly known: Known;
  readonly onFilter: (change: SearchChange) => void;
}

/** What stands out in the list: what was refused or lost, and what concerns the log itself. */
const TONES: Readonly<Record<string, string>> = {
  'access.refused': 'warn',
  'audit.headMismatch': 'bad',
  'audit.anchorMismatch': 'bad',
};

/** An event as a sentence, with its details on demand. */
export function AuditEntry({ event, known, onFilter }: EntryProps) {
  const [isOpen, setOpen] = useState(false);
  const id = useId();
  const at = Date.parse(event.at);
  return (
    <li className="audit-entry" data-tone={TONES[event.action]}>
      <time className="audit-time" dateTime={event.at} title={fullTime(at)}>
        {clockOf(at)}
      </time>
      <p className="audit-sentence">
        <Sentence parts={sentenceOf(event, known)} known={known} />
      </p>
      <Button
        kind="quiet"
        icon={isOpen ? 'up' : 'down'}
        aria-label={isOpen ? 'Hide the details' : 'Show the details'}
        aria-expanded={isOpen}
        aria-controls={id}
        onClick={() => setOpen(!isOpen)}
      />
      <div id={id} className="audit-details" hidden={!isOpen}>
        {isOpen && <EntryDetails event={event} onFilter={onFilter} />}
      </div>
    </li>
  );
}

function EntryDetails({ event, onFilter }: Omit<EntryProps, 'known'>) {
  const { _id, action, actor, target, address, requestId, bucketId, details = {} } = event;
  const code = (text: string | undefined) => text !== undefined && <code>{text}</code>;
  const facts = [
    { name: 'Kind', value: `${actionName(action)} (${action})` },
    { name: 'Event', value: code(_id) },
    { name: 'By', value: code(actor._id) },
    { name: 'About', value: code(target._id) },
    { name: 'Bucket', value: code(bucketId) },
    { name: 'Address', value: address },
    { name: 'Request', value: code(requestId) },
    ...factsOf(details),
  ];
  return (
    <>
      <Facts facts={facts.filter(({ value }) => value !== undefined && value !== false)} />
      <div className="audit-more">
        {actor._id !== undefined && (
          <Button onClick={() => onFilter({ by: actor._id ?? null })}>Only what this key did</Button>
        )}
        {target._id !== undefined && (
          <Button onClick={() => onFilter({ of: target._id ?? null })}>
            Only what happened to this {target.type === 'api key' ? 'key' : target.type}
          </Button>
        )}
        <Button onClick={() => onFilter({ action })}>Only events of this kind</Button>
      </div>
    </>
  );
}

/** The details of an event: what was changed from what to what, and the rest by name. */
function factsOf(details: Details): Fact[] {
  const changes = changesOf(details).map(({ field, from, to }) => ({
    name: fieldName(field),
    value: (
      <>
        {shown(from)} → {shown(to)}
      </>
    ),
  }));
  const others = Object.entries(details).filter(([name]) => name !== 'from' && name !== 'to');
  return [...changes, ...others.map(([name, value]) => ({ name, value: <code>{shown(value)}</code> }))];
}

function shown(value: unknown): string {
  if (value === null) return 'none';
  return typeof value === 'string' ? value : JSON.stringify(value);
}
