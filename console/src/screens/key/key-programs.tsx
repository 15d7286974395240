import { may } from '../../session/rights';
import { useSession } from '../../session/use-session';
import type { Source } from '../bucket/source-queries';
import { DevicePrograms } from '../start/device-programs';
import { useSource } from '../start/start-queries';

/** Programs for a device that has the key of this session. @param created the newest data source that was created here */
export function KeyPrograms({ source: created }: { readonly source: Source | undefined }) {
  const session = useSession();
  const { bucket, dataSourceId } = session;
  const bound = dataSourceId !== null && may(session, 'read') ? dataSourceId : '';
  const { data: read } = useSource(bucket?._id ?? '', bound);
  const source = created ?? read;
  return (
    <>
      <p className="muted">
        Fill in this key for YOUR_WRITE_KEY: the console does not keep it.
        {source === undefined && ' The field, here value, must be one of the data source.'}
      </p>
      <DevicePrograms
        sourceId={source?._id ?? dataSourceId ?? undefined}
        schema={source?.schema}
        deviceKey={undefined}
      />
    </>
  );
}
