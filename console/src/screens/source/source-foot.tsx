import { useState } from 'react';
import type { Api } from '../../api/client';
import { Button } from '../../components/button';
import { Menu } from '../../components/menu';
import { useToast } from '../../components/toasts';
import { copyText } from '../../lib/clipboard';
import { counted } from '../../lib/numbers';
import { inMillis } from '../../lib/times';
import { downloadCsv, QUERY_URL, type ChartData } from './chart-queries';
import { snippetsOf } from './snippets';
import type { Explorer } from './use-explorer';
import { viewInWords } from './view-choice';

interface SourceFootProps {
  readonly explorer: Explorer;
  readonly body: Api<'QueryBody'>;
  /** Of the file. */
  readonly name: string;
  readonly figures: ChartData | undefined;
}

/** Below a chart: its table, its file, its query, and how long that took. */
export function SourceFoot({ explorer: { state, change }, body, name, figures }: SourceFootProps) {
  const toast = useToast();
  const [isLoading, setLoading] = useState(false);
  const download = async () => {
    setLoading(true);
    try {
      await downloadCsv(body, name);
    } catch (cause) {
      toast(cause instanceof Error ? cause.message : 'The file could not be read', 'bad');
    } finally {
      setLoading(false);
    }
  };
  const copy = async (language: string, text: string) => {
    if (await copyText(text)) toast(`Copied for ${language}. Put your key where it says YOUR_API_KEY`);
    else toast('The browser does not let this page copy', 'bad');
  };
  const items = snippetsOf(QUERY_URL, body).map(({ name: language, text }) => ({
    label: language,
    onSelect: () => void copy(language, text),
  }));
  return (
    <div className="source-foot">
      <Button icon="table" aria-pressed={state.isTable} onClick={() => change({ table: state.isTable ? null : '1' })}>
        Table
      </Button>
      <Button icon="download" isBusy={isLoading} onClick={() => void download()}>
        CSV
      </Button>
      <Menu label="Copy as" kind="plain" items={items} />
      {figures && (
        <span className="source-foot-figures">
          {viewInWords(state)} · {counted(figures.rowCount, 'row')} · {inMillis(figures.millis)}
        </span>
      )}
    </div>
  );
}
