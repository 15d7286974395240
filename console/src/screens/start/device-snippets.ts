import type { Device } from './device';
import { curl, javaScript, python } from './program-snippets';
import { arduino, homeAssistant, telegraf } from './sensor-snippets';

export interface DeviceSnippet {
  readonly id: string;
  readonly name: string;
  /** Where it belongs, and what it needs. */
  readonly about: string;
  readonly text: string;
}

/** Programs and settings that send points of a device, complete but for their own sensor. */
export function deviceSnippets(device: Device): DeviceSnippet[] {
  return [
    { id: 'curl', name: 'curl', about: 'Paste it into a terminal. It sends one point.', text: curl(device) },
    {
      id: 'javascript',
      name: 'JavaScript',
      about: 'Save it as send.mjs and run it with Node 18 or later. It needs no package.',
      text: javaScript(device),
    },
    {
      id: 'python',
      name: 'Python',
      about: 'Save it as send.py and run it with Python 3. It needs no package.',
      text: python(device),
    },
    {
      id: 'arduino',
      name: 'Arduino',
      about: 'A sketch for ESP32 and ESP8266. Fill in your Wi-Fi, and read your sensor in readSensor.',
      text: arduino(device),
    },
    {
      id: 'home-assistant',
      name: 'Home Assistant',
      about: 'Add it to configuration.yaml, name your entity in entity_id, and restart Home Assistant.',
      text: homeAssistant(device),
    },
    {
      id: 'telegraf',
      name: 'Telegraf',
      about: 'Add it to telegraf.conf. It sends the load of the machine; replace the input and its field with yours.',
      text: telegraf(device),
    },
  ];
}
