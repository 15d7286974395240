import { SelectField } from '../../components/field';
import { ErrorNotice } from '../../components/error-notice';
import { useAddressState } from '../../lib/address-state';
import { useBuckets } from '../buckets/bucket-queries';
import { useBucket } from '../bucket/source-queries';

/** The bucket to import into, for keys of all buckets. It is in the address. */
export function BucketChoice() {
  const [values, change] = useAddressState();
  const chosen = values.get('bucket') ?? '';
  const { rows, error, refetch, hasMore, more } = useBuckets();
  const active = rows.filter(({ status }) => status === 'active').map(({ _id, name }) => ({ value: _id, label: name }));
  const isListed = chosen === '' || active.some(({ value }) => value === chosen);
  return (
    <>
      {error && <ErrorNotice error={error} onRetry={refetch} />}
      <div className="form">
        <SelectField
          label="Bucket"
          value={chosen}
          options={[
            ...(chosen === '' ? [{ value: '', label: 'Choose a bucket' }] : []),
            ...active,
            ...(hasMore ? [{ value: MORE, label: 'More …' }] : []),
          ]}
          onChange={({ target }) => (target.value === MORE ? more() : change({ bucket: target.value, source: null }))}
        >
          {!isListed && <NamedOption id={chosen} />}
        </SelectField>
      </div>
    </>
  );
}

const MORE = 'more';

function NamedOption({ id }: { readonly id: string }) {
  const { bucket } = useBucket(id);
  return <option value={id}>{bucket?.name ?? 'Bucket'}</option>;
}
