import { useState } from 'react';
import { Badge, type Tone } from '../../components/badge';
import type { IconName } from '../../components/icon';
import { Table, type Column } from '../../components/table';
import { Time } from '../../components/time';
import type { Delivery } from './delivery-queries';
import { DeliveryDialog } from './delivery-dialog';

const LOOKS: Readonly<Record<Delivery['status'], { readonly icon: IconName; readonly tone: Tone }>> = {
  delivered: { icon: 'check', tone: 'ok' },
  waiting: { icon: 'clock', tone: 'warn' },
  failed: { icon: 'warning', tone: 'bad' },
  dropped: { icon: 'cross', tone: 'neutral' },
};

interface DeliveryTableProps<D extends Delivery> {
  readonly label: string;
  readonly deliveries: readonly D[];
  readonly onEnd: () => void;
  readonly alertIdOf: (delivery: D) => string;
  /** Where messages of several rules are listed: the name of the rule. */
  readonly ruleNameOf?: (delivery: D) => string;
}

/** Messages to webhooks with their fate. A row opens what was sent. */
export function DeliveryTable<D extends Delivery>(props: DeliveryTableProps<D>) {
  const { label, deliveries, onEnd, alertIdOf, ruleNameOf } = props;
  const [opened, setOpened] = useState<D>();
  const columns: Column<D>[] = [
    { id: 'status', header: 'Status', width: '7rem', cell: ({ status }) => <DeliveryBadge status={status} /> },
    {
      id: 'message',
      header: ruleNameOf ? 'Rule' : 'Message',
      cut: 'rest',
      cell: (delivery) => (
        <MessageLines delivery={delivery} ruleName={ruleNameOf?.(delivery)} onOpen={() => setOpened(delivery)} />
      ),
    },
    { id: 'attempts', header: 'Attempts', align: 'right', hideBelow: 600, cell: ({ attempts }) => attempts },
    {
      id: 'next',
      header: 'Next attempt',
      hideBelow: 600,
      cell: ({ nextAttemptAt }) => <Time at={nextAttemptAt} none="–" come="now" />,
    },
    { id: 'created', header: 'Created', cell: ({ createdAt }) => <Time at={createdAt} isShortBelow600 /> },
  ];
  // What failed for good, or was delivered, has no next attempt.
  const isDone = deliveries.every(({ nextAttemptAt }) => nextAttemptAt === null);
  return (
    <>
      <Table
        isTall
        label={label}
        columns={isDone ? columns.filter(({ id }) => id !== 'next') : columns}
        rows={deliveries}
        rowId={({ _id }) => _id}
        onOpen={setOpened}
        onEnd={onEnd}
      />
      {opened && (
        <DeliveryDialog
          alertId={alertIdOf(opened)}
          deliveryId={opened._id}
          ruleName={ruleNameOf?.(opened)}
          onClose={() => setOpened(undefined)}
        />
      )}
    </>
  );
}

interface MessageLinesProps {
  readonly delivery: Delivery;
  readonly ruleName: string | undefined;
  readonly onOpen: () => void;
}

/** A message, and below it what came back. */
function MessageLines({ delivery, ruleName, onOpen }: MessageLinesProps) {
  const answer = answerOf(delivery);
  const below = ruleName === undefined ? answer : `${delivery.event} · ${answer}`;
  return (
    <span className="table-lines">
      <button type="button" className="delivery-open" title={ruleName} onClick={onOpen}>
        {ruleName ?? delivery.event}
      </button>
      <span className="table-below" title={below}>
        {below}
      </span>
    </span>
  );
}

export function DeliveryBadge({ status }: Pick<Delivery, 'status'>) {
  const { icon, tone } = LOOKS[status];
  return (
    <Badge tone={tone} icon={icon}>
      {status}
    </Badge>
  );
}

/** What came back: the status of the receiver, and why that is no success. */
export function answerOf({ responseStatus, error, attempts }: AnswerFacts): string {
  if (error !== null) return responseStatus === null ? error : `status ${responseStatus} · ${error}`;
  if (responseStatus !== null) return `status ${responseStatus}`;
  return attempts === 0 ? 'not sent yet' : 'no answer';
}

type AnswerFacts = Pick<Delivery, 'responseStatus' | 'error' | 'attempts'>;
