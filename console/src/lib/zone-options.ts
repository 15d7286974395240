import { ownZone } from './times';

/** Every time zone for a choice: the browser's own and UTC first. */
export function zoneOptions(chosen: string): { readonly value: string; readonly label: string }[] {
  const names = [...new Set([ownZone(), 'UTC', chosen, ...Intl.supportedValuesOf('timeZone')])];
  return names.map((name) => ({ value: name, label: name }));
}
