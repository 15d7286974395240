import { useMemo, useState } from 'react';
import { Button } from '../../components/button';
import { Notice } from '../../components/notice';
import { Section } from '../../components/page';
import type { Sample } from '../../csv/sample';
import { useAddressState } from '../../lib/address-state';
import { counted } from '../../lib/numbers';
import { ownZone } from '../../lib/times';
import { useSession } from '../../session/use-session';
import type { Source } from '../bucket/source-queries';
import { ColumnList } from './column-list';
import type { Target } from './columns';
import type { ImportSettings } from './import-place';
import { firstMapping, outlookOf, withTarget, withUse, type KnownFields } from './mapping';
import { PreviewTable } from './preview-table';
import type { Suggestion } from './suggestion';
import { TargetChoice } from './target-choice';
import { TimeChoice } from './time-choice';

interface MappingSetupProps {
  readonly bucketId: string;
  readonly sample: Sample;
  readonly suggestion: Suggestion;
  readonly sources: readonly Source[];
  readonly fileName: string;
  readonly onStart: (settings: ImportSettings) => void;
}

const NO_FIELDS: KnownFields = {};

/** What the columns become, where the points go, and the first of them as they will be stored. */
export function MappingSetup({ bucketId, sample, suggestion, sources, fileName, onStart }: MappingSetupProps) {
  const { type } = useSession();
  const [values] = useAddressState();
  const fieldsOf = (target: Target): KnownFields =>
    (target.kind === 'existing' && sources.find(({ _id }) => _id === target.sourceId)?.schema) || NO_FIELDS;
  const newSource: Target = { kind: 'new', name: nameOf(fileName) };
  const [mapping, setMapping] = useState(() => {
    const named = sources.find(({ _id, status }) => _id === values.get('source') && status === 'active');
    const target: Target = named ? { kind: 'existing', sourceId: named._id } : newSource;
    return firstMapping(suggestion, { target, known: fieldsOf(target), zone: ownZone() });
  });
  const known = fieldsOf(mapping.target);
  const outlook = useMemo(() => outlookOf(sample, mapping, known), [sample, mapping, known]);
  const { reading, preview, badRows, found } = outlook;
  const problem = outlook.problem ?? nameTaken(mapping.target, sources);
  const { encoding, separator, lineEnd, firstLine } = sample;

  return (
    <>
      <Section title="Columns">
        <ColumnList
          columns={reading.columns}
          sample={sample}
          known={known}
          onUse={(index, use) => setMapping((present) => withUse(present, index, use, newSource))}
          onChange={(index, change) =>
            setMapping((present) => ({
              ...present,
              columns: present.columns.map((column, at) => (at === index ? { ...column, ...change } : column)),
            }))
          }
        />
      </Section>
      <div className="import-choices">
        <TimeChoice
          outlook={outlook}
          zone={mapping.zone}
          onChange={(change) => setMapping((present) => ({ ...present, ...change }))}
        />
        <TargetChoice
          target={mapping.target}
          sources={sources}
          columns={reading.columns}
          newName={nameOf(fileName)}
          onChange={(target) => setMapping((present) => withTarget(present, target, fieldsOf(target)))}
        />
      </div>
      <Section
        title={preview.length === 20 ? 'The first 20 rows, as they will be stored' : 'The rows, as they will be stored'}
      >
        {badRows > 0 && (
          <Notice tone="warn">
            {counted(badRows, 'row')} of the first {counted(sample.rows.length, 'row')} cannot be read like this. Such
            rows are left out, and listed at the end.
          </Notice>
        )}
        <PreviewTable
          rows={preview}
          columns={reading.columns}
          zone={found?.hasOffsets === true ? undefined : mapping.zone}
        />
      </Section>
      <Notice tone={type === 'admin' ? 'neutral' : 'warn'}>
        {type === 'admin'
          ? 'Points are stored as history: no alert rule fires for them.'
          : 'Alert rules can fire for these points, as for those of a device. With an Admin key, an import fires none.'}
      </Notice>
      <div className="import-start">
        {problem !== undefined && <p className="import-problem">{problem}</p>}
        <Button
          kind="primary"
          icon="upload"
          disabled={problem !== undefined}
          onClick={() =>
            onStart({
              ...{ bucketId, target: mapping.target, hasHeader: sample.hasHeader, reading },
              rows: { encoding, separator, lineEnd, firstLine },
            })
          }
        >
          Import
        </Button>
      </div>
    </>
  );
}

/** The name of a file without its endings, as the name of a data source. */
function nameOf(fileName: string): string {
  return fileName.replace(/(\.(csv|tsv|txt|gz))+$/i, '').slice(0, 100);
}

function nameTaken(target: Target, sources: readonly Source[]): string | undefined {
  const isTaken = target.kind === 'new' && sources.some(({ name }) => name === target.name.trim());
  return isTaken ? 'There is a data source of this name: choose it, or another name' : undefined;
}
