import { useState, type ReactNode } from 'react';
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
  /** Columns before the others. */
  readonly first?: readonly Column<D>[];
}

/** Messages to webhooks with their fate. A row opens what was sent. */
export function DeliveryTable<D extends Delivery>(props: DeliveryTableProps<D>) {
  const { label, deliveries, onEnd, alertIdOf, first = [] } = props;
  const [opened, setOpened] = useState<D>();
  const columns: Column<D>[] = [
    { id: 'status', header: 'Status', cell: ({ status }) => <DeliveryBadge status={status} /> },
    ...first,
    {
      id: 'event',
      header: 'Message',
      cell: (delivery) => (
        <button type="button" className="delivery-open" onClick={() => setOpened(delivery)}>
          {delivery.event}
        </button>
      ),
    },
    { id: 'created', header: 'Created', cell: ({ createdAt }) => <Time at={createdAt} /> },
    { id: 'attempts', header: 'Attempts', align: 'right', hideBelow: 600, cell: ({ attempts }) => attempts },
    {
      id: 'next',
      header: 'Next attempt',
      hideBelow: 960,
      cell: ({ nextAttemptAt }) => <Time at={nextAttemptAt} none="–" come="now" />,
    },
    { id: 'answer', header: 'Answer', hideBelow: 600, cell: answerOf },
  ];
  return (
    <>
      <Table
        label={label}
        columns={columns}
        rows={deliveries}
        rowId={({ _id }) => _id}
        onOpen={setOpened}
        onEnd={onEnd}
      />
      {opened && (
        <DeliveryDialog alertId={alertIdOf(opened)} deliveryId={opened._id} onClose={() => setOpened(undefined)} />
      )}
    </>
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

/** What the receiver said: its status, and why that is no success. */
export function answerOf({ responseStatus, error }: Pick<Delivery, 'responseStatus' | 'error'>): ReactNode {
  if (error)
    return (
      <span className="delivery-error" title={error}>
        {error}
      </span>
    );
  return responseStatus === null ? <span className="muted">–</span> : responseStatus;
}
