import { isOwnMachine, SERVER_URL } from '../../api/server';
import { Command } from '../../components/command';
import { Notice } from '../../components/notice';
import { Tabs } from '../../components/tabs';
import { useAddressState } from '../../lib/address-state';
import type { Source } from '../bucket/source-queries';
import { deviceSnippets } from './device-snippets';

/** What stands where the key belongs, and a data source that is not known. */
const KEY_PLACE = 'YOUR_WRITE_KEY';
const SOURCE_PLACE = 'YOUR_DATA_SOURCE_ID';

interface DeviceProgramsProps {
  readonly sourceId: string | undefined;
  /** The fields, if they are known. */
  readonly schema: Source['schema'] | undefined;
  /** A key that was created on this page. The key of the session never stands in a program. */
  readonly deviceKey: string | undefined;
}

/** Programs that send points of a device, with this server's address. */
export function DevicePrograms({ sourceId, schema = {}, deviceKey }: DeviceProgramsProps) {
  const [values, change] = useAddressState();
  const fields = Object.entries(schema).map(([name, { type }]) => ({ name, type }));
  const snippets = deviceSnippets({
    serverUrl: SERVER_URL,
    key: deviceKey ?? KEY_PLACE,
    dataSourceId: sourceId ?? SOURCE_PLACE,
    fields,
  });
  const shown = snippets.find(({ id }) => id === values.get('with')) ?? snippets[0];
  if (!shown) return null;
  return (
    <>
      {isOwnMachine(location.hostname) && (
        <Notice>
          The programs below use {location.host}, which is this machine. Other devices need its address in your network:
          open the console under that address, and it is filled in. <code>npm run console-link</code> prints it.
        </Notice>
      )}
      <Tabs
        label="Programs"
        tabs={snippets.map(({ id, name }) => ({ id, label: name }))}
        selected={shown.id}
        onSelect={(id) => change({ with: id }, { replace: true })}
      >
        <div className="start-program">
          <p>{shown.about}</p>
          <Command text={shown.text} label={`Copy the program for ${shown.name}`} />
        </div>
      </Tabs>
    </>
  );
}
