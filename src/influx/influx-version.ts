import { VERSION } from '../common/installation';

/** Clients choose the API of InfluxDB 1 by it. */
export const INFLUX_VERSION = `1.8.10-dakkio-${VERSION}`;
