import { fileNameOf } from './csv-answer';

it.each([
  ['Living room', 'Living room'],
  ['Küche', 'Küche'],
  ['../../etc/passwd', 'etc passwd'],
  ['a\\b:c*d?"e"<f>|g', 'a b c d e f g'],
  ['line\r\nbreak\t\u0000', 'line break'],
  ['right\u202eto left', 'right to left'],
  ['.hidden.', 'hidden'],
  ['CON', '_CON'],
  ['nul.txt', '_nul.txt'],
  ['...', 'data'],
  ['', 'data'],
  ['💧'.repeat(200), '💧'.repeat(100)],
])('turns %j into the file name %j', (name, safe) => expect(fileNameOf(name)).toBe(safe));
