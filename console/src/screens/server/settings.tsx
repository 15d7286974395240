import { Badge } from '../../components/badge';
import { CodeText } from '../../components/code-text';
import { Empty } from '../../components/empty';
import { Checkbox, TextField } from '../../components/field';
import { Section, Toolbar } from '../../components/page';
import { useAddressState } from '../../lib/address-state';
import { counted } from '../../lib/numbers';
import type { ShownSetting } from './server-queries';
import { filterSettings } from './settings-filter';

/** Every setting with its value, what it does, and whether it was set. */
export function Settings({ settings }: { readonly settings: readonly ShownSetting[] }) {
  const [values, change] = useAddressState();
  const q = values.get('q') ?? '';
  const isSetOnly = values.get('set') === 'only';
  const shown = filterSettings(settings, { q, isSetOnly });
  return (
    <Section title="Settings">
      <p className="muted server-text">
        The server reads them from its environment or the file <code>.env</code> when it starts. Secrets are never
        shown.
      </p>
      <Toolbar>
        <TextField
          label="Find a setting"
          isLabelUnseen
          type="search"
          placeholder="Find by name or meaning"
          value={q}
          onChange={({ target }) => change({ q: target.value || null }, { replace: true })}
        />
        <Checkbox
          label="Only those that were set"
          checked={isSetOnly}
          onChange={({ target }) => change({ set: target.checked ? 'only' : null }, { replace: true })}
        />
        <p className="server-count" role="status">
          {counted(shown.length, 'setting')}
        </p>
      </Toolbar>
      {shown.length === 0 ? (
        <Empty icon="search" title="No setting has these words" />
      ) : (
        <ul className="server-settings">
          {shown.map((setting) => (
            <SettingRow key={setting.name} setting={setting} />
          ))}
        </ul>
      )}
    </Section>
  );
}

function SettingRow({
  setting: { name, value, default: byDefault, source, isSecret, about },
}: {
  readonly setting: ShownSetting;
}) {
  const isSet = source === 'environment';
  return (
    <li className="server-setting">
      <code className="server-setting-name">{name}</code>
      <span className="server-setting-value">
        {value === null || value === '' ? (
          <span className="muted">{isSecret && isSet ? 'hidden' : 'none'}</span>
        ) : (
          <code>{value}</code>
        )}
        {isSet && <Badge tone="accent">set</Badge>}
        {isSet && byDefault !== null && byDefault !== value && (
          <span className="muted">
            default <code>{byDefault}</code>
          </span>
        )}
      </span>
      <p className="server-note">
        <CodeText text={about} />
      </p>
    </li>
  );
}
