import { ACCESS_SETTINGS } from './access-settings';
import { HTTP_SETTINGS } from './http-settings';
import { LIMIT_SETTINGS } from './limit-settings';
import { MQTT_SETTINGS } from './mqtt-settings';
import { SECRET_SETTINGS } from './secret-settings';
import { START_SETTINGS } from './start-settings';

export type { LogLevelName } from './http-settings';
export { ConfigError, type Setting } from './setting';
export type { DatabaseLocation } from './setting-parsers';

/** Every variable that the server reads, in the order of docs/settings.md. */
export const SETTINGS = {
  ...START_SETTINGS,
  ...SECRET_SETTINGS,
  ...ACCESS_SETTINGS,
  ...LIMIT_SETTINGS,
  ...HTTP_SETTINGS,
  ...MQTT_SETTINGS,
};
