import { useEffect, useId, useRef, useState, type DragEvent } from 'react';
import { Button } from '../../components/button';
import { Icon } from '../../components/icon';
import { Notice } from '../../components/notice';
import { Bytes } from '../../components/num';
import { Section } from '../../components/page';
import { Time } from '../../components/time';
import { counted } from '../../lib/numbers';
import { useSession } from '../../session/use-session';
import { openFile, type OpenedFile } from './opened-file';
import type { Unfinished } from './import-place';
import { forgetImport, unfinishedImports } from './unfinished-imports';

interface FileChoiceProps {
  /** A file that was dropped on another screen. */
  readonly handedOver: File | undefined;
  readonly onOpen: (opened: OpenedFile) => void;
}

/** Chooses a file, or drops one. */
export function FileChoice({ handedOver, onOpen }: FileChoiceProps) {
  const id = useId();
  const input = useRef<HTMLInputElement>(null);
  const [isOver, setOver] = useState(false);
  const [problem, setProblem] = useState<string>();
  const [isReading, setReading] = useState(false);

  const open = async (file: File | undefined) => {
    if (!file) return;
    setReading(true);
    setProblem(undefined);
    try {
      onOpen(await openFile(file));
    } catch (cause) {
      setProblem(cause instanceof Error ? cause.message : 'The file cannot be read');
      setReading(false);
    }
  };

  const hasBegun = useRef(false);
  useEffect(() => {
    if (hasBegun.current) return;
    hasBegun.current = true;
    void open(handedOver);
  });

  const drop = (event: DragEvent) => {
    event.preventDefault();
    setOver(false);
    const { files } = event.dataTransfer;
    if (files.length > 1) setProblem('Drop one file at a time');
    else void open(files[0]);
  };

  return (
    <>
      <div
        className="import-drop"
        data-over={isOver || undefined}
        onDragOver={(event) => {
          event.preventDefault();
          setOver(true);
        }}
        onDragLeave={() => setOver(false)}
        onDrop={drop}
      >
        <Icon name="upload" size={28} />
        <p>
          <label htmlFor={id}>Drop a CSV file here, or choose one</label>
        </p>
        <input
          ref={input}
          id={id}
          type="file"
          accept=".csv,.tsv,.txt,.gz,text/csv,text/plain,application/gzip"
          className="file-input"
          aria-describedby={`${id}-hint`}
          disabled={isReading}
          onChange={({ target }) => void open(target.files?.[0])}
        />
        <p id={`${id}-hint`} className="muted">
          Any size, also compressed with gzip. The columns are recognized; nothing is stored before you have seen how.
        </p>
      </div>
      {problem !== undefined && (
        <Notice tone="bad" isUrgent>
          {problem}
        </Notice>
      )}
      <UnfinishedList />
    </>
  );
}

/** Imports that can go on when their file is chosen again. */
function UnfinishedList() {
  const { bucket } = useSession();
  const [all, setAll] = useState(unfinishedImports);
  const own = all.filter(({ settings }) => bucket === null || settings.bucketId === bucket._id);
  if (own.length === 0) return null;
  const forget = ({ file }: Unfinished) => {
    forgetImport(file);
    setAll(unfinishedImports());
  };
  return (
    <Section title="Not finished">
      <p className="muted">Choose such a file again to go on where it stopped.</p>
      <ul className="import-unfinished">
        {own.map((one) => (
          <li key={one.file}>
            <span className="import-unfinished-name">{one.name}</span>
            <span className="muted">
              <Bytes value={one.size} /> · {counted(one.place.rows, 'row')} done · <Time at={one.savedAt} />
            </span>
            <Button kind="quiet" icon="trash" aria-label={`Forget ${one.name}`} onClick={() => forget(one)} />
          </li>
        ))}
      </ul>
    </Section>
  );
}
