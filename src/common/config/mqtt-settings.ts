import { setting } from './setting';
import { asIs, optionalPort, wholeNumber } from './setting-parsers';

/** How MQTT clients connect. */
export interface MqttConfig {
  /** Undefined: not without TLS. */
  readonly port: number | undefined;
  readonly tls: { readonly port: number; readonly certFile: string; readonly keyFile: string } | undefined;
  /** Open connections. */
  readonly connections: number;
  /** The largest message, with its topic. */
  readonly packetBytes: number;
}

/** MQTT, which is off unless a port or a certificate is set. */
export const MQTT_SETTINGS = {
  mqttPort: setting(
    'DAKKIO_MQTT_PORT',
    '',
    'TCP port on which MQTT clients connect without TLS, commonly 1883, up to 65535. `0`: any free port. Empty: MQTT without TLS is off. See docs/mqtt.md',
    optionalPort,
  ),
  mqttsPort: setting(
    'DAKKIO_MQTTS_PORT',
    '8883',
    'TCP port on which MQTT clients connect with TLS, once the next two settings are set',
    wholeNumber(0, 65535),
  ),
  mqttCertFile: setting(
    'DAKKIO_MQTT_CERT_FILE',
    '',
    'A PEM file with the certificate for MQTT with TLS, followed by its intermediate certificates. A changed file is read within a minute. Empty: MQTT with TLS is off',
    asIs,
  ),
  mqttKeyFile: setting(
    'DAKKIO_MQTT_KEY_FILE',
    '',
    'A PEM file with the private key of this certificate. Set both or none',
    asIs,
  ),
  mqttConnections: setting(
    'DAKKIO_MQTT_CONNECTIONS',
    '5000',
    'Maximum number of open MQTT connections, 1 to 100000. One key and one address can have half of them each. Over it: the client is refused as it connects',
    wholeNumber(1, 100_000),
  ),
  mqttPacketBytes: setting(
    'DAKKIO_MQTT_PACKET_BYTES',
    '1048576',
    'Maximum size of an MQTT message with its topic, 1024 to 16777216. Over it: the message is acknowledged and counted, but not stored',
    wholeNumber(1024, 16_777_216),
  ),
};
