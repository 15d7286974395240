import { Button } from '../../components/button';
import { Table, type Column } from '../../components/table';
import { downloadText } from '../../lib/clipboard';
import { counted, formatCount } from '../../lib/numbers';
import { badRowsCsv, type BadRow } from './bad-rows';
import type { ImportJob, JobState } from './import-job';

const COLUMNS: readonly Column<BadRow>[] = [
  { id: 'line', header: 'Line', align: 'right', cell: ({ line }) => formatCount(line) },
  { id: 'reason', header: 'Reason', cell: ({ reason }) => reason },
  { id: 'cells', header: 'Row', hideBelow: 600, cell: ({ cells = [] }) => shortened(cells.join(' · ')) },
];
const MAX_SHOWN = 80;

/** The rows that were not stored, by their lines in the file. */
export function BadRows({ job, state }: { readonly job: ImportJob; readonly state: JobState }) {
  const { bad, counts } = state.place;
  const { columns } = job.settings.reading;
  const download = () => {
    const titles = columns.map(({ title }) => title);
    downloadText(`${job.source.file.name} - left out.csv`, `\uFEFF${badRowsCsv(bad, titles)}`, 'text/csv');
  };
  return (
    <>
      <div className="import-head">
        <p className="muted">
          {counted(counts.refused, 'row')}
          {counts.refused > bad.length && `, of which the first ${formatCount(bad.length)} are listed`}. Correct them in
          the downloaded file, and import that.
        </p>
        <Button icon="download" onClick={download}>
          Download
        </Button>
      </div>
      <Table label="Rows that were left out" columns={COLUMNS} rows={bad} rowId={({ line }) => String(line)} />
    </>
  );
}

function shortened(text: string): string {
  return text.length > MAX_SHOWN ? `${text.slice(0, MAX_SHOWN)}…` : text;
}
