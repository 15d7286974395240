import { Icon } from '../../components/icon';
import { Value } from '../../components/num';
import { Table, type Column as TableColumn } from '../../components/table';
import { plainTime } from '../../lib/times';
import type { Column } from './columns';
import type { ReadRow } from './point-reader';

interface PreviewTableProps {
  readonly rows: readonly ReadRow[];
  readonly columns: readonly Column[];
  /** Undefined: the browser's own. */
  readonly zone: string | undefined;
}

/** Rows as they will be stored. Cells that cannot be read stand as they are, with what is wrong. */
export function PreviewTable({ rows, columns, zone }: PreviewTableProps) {
  const isAnyBad = rows.some(({ problems }) => problems.length > 0);
  const shown = columns.flatMap((column, index) => tableColumns(column, index, zone));
  return (
    <Table
      label="Rows as they will be stored"
      columns={[
        { id: 'line', header: 'Line', align: 'right', cell: ({ line }) => line },
        ...(isAnyBad ? [PROBLEMS] : []),
        ...shown,
      ]}
      rows={rows}
      rowId={({ line }) => String(line)}
      isFirstFixed
    />
  );
}

const PROBLEMS: TableColumn<ReadRow> = {
  id: 'problems',
  header: 'Problem',
  cell: ({ problems }) => problems.map(({ message }) => message).join('; '),
};

function tableColumns(column: Column, index: number, zone: string | undefined): TableColumn<ReadRow>[] {
  const { use, name, unit, title } = column;
  if (use === 'ignore' || use === 'clock') return [];
  const id = String(index);
  const cell = (row: ReadRow) => {
    const isBad = row.problems.some((problem) => problem.column === index);
    return isBad ? <BadCell text={row.cells[index] ?? ''} /> : <Stored row={row} column={column} zone={zone} />;
  };
  if (use === 'time') return [{ id, header: 'Time', cell }];
  if (use === 'source') return [{ id, header: 'Data source', cell }];
  const header = use === 'metadata' ? `${name} (metadata)` : unit === '' ? name : `${name} (${unit})`;
  return [
    { id, header: header || title, cell, ...(use === 'value' && column.type === 'number' && { align: 'right' }) },
  ];
}

interface StoredProps {
  readonly row: ReadRow;
  readonly column: Column;
  readonly zone: string | undefined;
}

function Stored({ row: { at, source, values, metadata }, column: { use, name }, zone }: StoredProps) {
  if (use === 'time') return at === undefined ? null : plainTime(at, zone);
  if (use === 'source') return source;
  return use === 'metadata' ? (metadata[name] ?? null) : <Value value={values[name]} />;
}

function BadCell({ text }: { readonly text: string }) {
  return (
    <span className="import-bad">
      <Icon name="warning" size={12} />
      {text === '' ? 'empty' : text}
    </span>
  );
}
