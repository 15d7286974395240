import { useId, useState, type DragEvent } from 'react';
import { Card } from '../../components/card';
import { Icon } from '../../components/icon';
import { offerFile } from '../../lib/dropped-file';
import { navigate } from '../../lib/hash-location';

/** Takes a file, and opens the import with it. */
export function CsvCard({ bucketId }: { readonly bucketId: string }) {
  const id = useId();
  const [isOver, setOver] = useState(false);
  const open = (file: File | undefined) => {
    if (!file) return;
    offerFile(file);
    navigate(bucketId === '' ? '/import' : `/import?bucket=${bucketId}`);
  };
  const drop = (event: DragEvent) => {
    event.preventDefault();
    setOver(false);
    open(event.dataTransfer.files[0]);
  };
  return (
    <Card title="A CSV file">
      <div
        className="start-drop"
        data-over={isOver || undefined}
        onDragOver={(event) => {
          event.preventDefault();
          setOver(true);
        }}
        onDragLeave={() => setOver(false)}
        onDrop={drop}
      >
        <Icon name="upload" size={28} />
        <label htmlFor={id}>Drop a file here, or choose one</label>
        <input
          id={id}
          type="file"
          accept=".csv,.tsv,.txt,.gz,text/csv,text/plain,application/gzip"
          className="file-input"
          onChange={({ target }) => open(target.files?.[0])}
        />
        <p className="muted">You see how its columns are read before anything is stored.</p>
      </div>
    </Card>
  );
}
