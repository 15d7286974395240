import { Notice } from '../../components/notice';
import { counted } from '../../lib/numbers';
import type { KeyTable, LineProblem } from './key-csv';

const SHOWN_ROWS = 20;
const SHOWN_PROBLEMS = 10;

interface KeyTablePreviewProps {
  readonly table: KeyTable;
  readonly problems: readonly LineProblem[];
}

/** The first keys of a table, and what is wrong with it by line. */
export function KeyTablePreview({ table: { columns, rows }, problems }: KeyTablePreviewProps) {
  const wrong = new Set(problems.map(({ line }) => line));
  return (
    <>
      {problems.length > 0 && (
        <Notice tone="bad" isUrgent>
          <ul className="keys-problems">
            {problems.slice(0, SHOWN_PROBLEMS).map(({ line, text }, index) => (
              <li key={index}>
                Line {line}: {text}
              </li>
            ))}
            {problems.length > SHOWN_PROBLEMS && <li>and {problems.length - SHOWN_PROBLEMS} more</li>}
          </ul>
        </Notice>
      )}
      {rows.length > 0 && (
        <div className="table-scroller keys-preview" role="region" aria-label="Preview of the keys" tabIndex={0}>
          <table className="table">
            <thead>
              <tr>
                <th scope="col">Line</th>
                {columns.map((column, index) => (
                  <th key={index} scope="col">
                    {column}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {rows.slice(0, SHOWN_ROWS).map(({ line, cells }) => (
                <tr key={line} data-wrong={wrong.has(line) || undefined}>
                  <td>{line}</td>
                  {columns.map((_, index) => (
                    <td key={index}>{cells[index]}</td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      {rows.length > SHOWN_ROWS && <p className="muted">and {counted(rows.length - SHOWN_ROWS, 'more key')}</p>}
    </>
  );
}
