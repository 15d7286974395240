import fc from 'fast-check';
import type { Schema } from '../../sources/schema';
import type { Condition } from './condition';
import { parseCondition } from './condition-parser';
import { ConditionError } from './condition.errors';
import { printCondition } from './print';

const SCHEMA: Schema = [
  { name: 'temperature', type: 'number', slot: 0, unit: '°C' },
  { name: 'humidity', type: 'number', slot: 1, unit: '%' },
  { name: 'requests', type: 'number', slot: 2 },
  { name: 'power', type: 'number', slot: 3, unit: 'W' },
  { name: 'pm2_5', type: 'number', slot: 4, unit: 'µg/m³' },
  { name: 'cpu_usage', type: 'number', slot: 5 },
  { name: 'pump', type: 'boolean', slot: 6 },
  { name: 'door', type: 'string', slot: 7 },
  { name: 'status', type: 'string', slot: 8 },
  { name: 'soilMoisture', type: 'number', slot: 9 },
  { name: 'memory', type: 'number', slot: 10, unit: 'MiB' },
  { name: 'uptime', type: 'number', slot: 11, unit: 's' },
];
const SYNTAX = 'Cannot parse the condition ';

/** What people write, and its canonical text. */
const UNDERSTOOD: readonly (readonly [written: string, canonical: string])[] = [
  ['temperature above 30', 'temperature > 30'],
  ['temperature over 30', 'temperature > 30'],
  ['temperature under 5', 'temperature < 5'],
  ['temperature more than 30', 'temperature > 30'],
  ['temperature less than 5', 'temperature < 5'],
  ['temperature at least 30', 'temperature >= 30'],
  ['temperature at most 30', 'temperature <= 30'],
  ['temperature ≥ 30', 'temperature >= 30'],
  ['temperature ≤ 30', 'temperature <= 30'],
  ['temperature ≠ 30', 'temperature != 30'],
  ['temperature == 30', 'temperature = 30'],
  ['temperature between 10 and 20', 'temperature is between 10 and 20'],
  ['temperature not between 10 and 20', 'temperature < 10 or temperature > 20'],
  ['temperature outside 10 and 20', 'temperature < 10 or temperature > 20'],
  ['temperature is outside 10-20', 'temperature < 10 or temperature > 20'],
  ['temperature goes over 30', 'temperature > 30'],
  ['temperature rises above 30', 'temperature > 30'],
  ['temperature drops under 5', 'temperature < 5'],
  ['temperature stays above 30', 'temperature > 30'],
  ['temperature reaches 30', 'temperature >= 30'],
  ['if temperature is above 30', 'temperature > 30'],
  ['when the temperature is above 30', 'temperature > 30'],
  ['the temperature is above 30', 'temperature > 30'],
  ['temperature is >= 30', 'temperature >= 30'],
  ['temperature is > 30', 'temperature > 30'],
  ['30 < temperature', 'temperature > 30'],
  ['10 < temperature < 20', 'temperature > 10 and temperature < 20'],
  ['10 <= temperature <= 20', 'temperature is between 10 and 20'],
  ['temperature is 30 or more', 'temperature >= 30'],
  ['temperature is 30 or higher', 'temperature >= 30'],
  ['temperature is 30 or less', 'temperature <= 30'],
  ['temperature 30 or more', 'temperature >= 30'],
  ['temperature > 30 && humidity > 80', 'temperature > 30 and humidity > 80'],
  ['temperature > 30 || humidity > 80', 'temperature > 30 or humidity > 80'],
  ['temperature > 30 for five minutes', 'temperature > 30 for 5 minutes'],
  ['temperature > 30 for half an hour', 'temperature > 30 for 30 minutes'],
  ['temperature > 30 for 1h30m', 'temperature > 30 for 90 minutes'],
  ['temperature > 30 for 1h 30m', 'temperature > 30 for 90 minutes'],
  ['temperature > 30 for 1 hour and 30 minutes', 'temperature > 30 for 90 minutes'],
  ['temperature > 30 for an hour and a half', 'temperature > 30 for 90 minutes'],
  ['temperature > 30 for one and a half hours', 'temperature > 30 for 90 minutes'],
  ['temperature above thirty', 'temperature > 30'],
  ['temperature above twenty five', 'temperature > 25'],
  ['temperature below minus five', 'temperature < -5'],
  ['temperature below -5', 'temperature < -5'],
  ['requests over two hundred', 'requests > 200'],
  ['requests above a thousand', 'requests > 1000'],
  ['no data in the last 10 minutes', 'no data for 10 minutes'],
  ['no data for 10 minutes', 'no data for 10 minutes'],
  ['offline for 10 minutes', 'no data for 10 minutes'],
  ['is offline for 10 minutes', 'no data for 10 minutes'],
  ['sensor is offline for 10 minutes', 'no data for 10 minutes'],
  ['the sensor has been offline for ten minutes', 'no data for 10 minutes'],
  ['no readings in the past hour', 'no data for 1 hour'],
  ['no data received in the last half hour', 'no data for 30 minutes'],
  ['nothing received for 1 hour', 'no data for 1 hour'],
  ['data missing for 2 hours', 'no data for 2 hours'],
  ["sensor hasn't reported for 1h", 'no data for 1 hour'],
  ['device not responding for 5 min', 'no data for 5 minutes'],
  ['silent for 30 minutes', 'no data for 30 minutes'],
  ['no data 10 minutes', 'no data for 10 minutes'],
  ['temperature > 30 and humidity > 80 and requests > 5', 'temperature > 30 and humidity > 80 and requests > 5'],
  ['temperature > 30 or humidity > 80 and requests > 5', 'temperature > 30 or humidity > 80 and requests > 5'],
  ['temperature > 30 or humidity > 80 or requests > 5', 'temperature > 30 or humidity > 80 or requests > 5'],
  [
    'temperature > 30 and humidity > 80 or requests > 5 for 5 minutes',
    'temperature > 30 and humidity > 80 or requests > 5 for 5 minutes',
  ],
  ['(temperature > 30 or humidity > 80) and requests > 5', '(temperature > 30 or humidity > 80) and requests > 5'],
  ['door is open', 'door = "open"'],
  ['door is not open', 'door != "open"'],
  ["door isn't closed", 'door != "closed"'],
  ['door is open for 5 minutes', 'door = "open" for 5 minutes'],
  ['door = "open"', 'door = "open"'],
  ['door equals open', 'door = "open"'],
  ['status is "error"', 'status = "error"'],
  ['status is error or warning', 'status = "error" or status = "warning"'],
  ['status is not ok', 'status != "ok"'],
  ['status != "ok"', 'status != "ok"'],
  ['pump is on', 'pump = true'],
  ['pump is off', 'pump = false'],
  ['pump is true', 'pump = true'],
  ['pump is false', 'pump = false'],
  ['pump on', 'pump = true'],
  ['pump = true', 'pump = true'],
  ['pump turns off', 'pump = false'],
  ['pump is not running', 'pump != true'],
  ['pump is switched on', 'pump = true'],
  ['pump is 1', 'pump = true'],
  ['pump is on and door is open for 10 minutes', 'pump = true and door = "open" for 10 minutes'],
  ['"cpu_usage" > 80', 'cpu_usage > 80'],
  ['"cpu usage" is above 80%', 'cpu_usage > 80'],
  ["'temperature' > 30", 'temperature > 30'],
  ['`temperature` > 30', 'temperature > 30'],
  ['pm2.5 > 35', 'pm2_5 > 35'],
  ['PM2.5 is above 35 µg/m³', 'pm2_5 > 35'],
  ['pm 2.5 above 35', 'pm2_5 > 35'],
  ['requests > 10k', 'requests > 10000'],
  ['requests > 1.5M', 'requests > 1500000'],
  ['requests > 2G', 'requests > 2000000000'],
  ['requests > 1T', 'requests > 1000000000000'],
  ['requests > 4Mi', 'requests > 4194304'],
  ['requests > 2Gi', 'requests > 2147483648'],
  ['requests > 10 k', 'requests > 10000'],
  ['requests > 10K', 'requests > 10000'],
  ['requests > 5 thousand', 'requests > 5000'],
  ['requests > 2 million', 'requests > 2000000'],
  ['power > 5 kW', 'power > 5000'],
  ['power > 5k W', 'power > 5000'],
  ['power > 500 mW', 'power > 0.5'],
  ['memory > 2 GiB', 'memory > 2048'],
  ['memory > 500 MB', 'memory > 476.837158203125'],
  ['uptime > 5 minutes', 'uptime > 300'],
  ['uptime > 90 s', 'uptime > 90'],
  ['temperature > 30 degrees', 'temperature > 30'],
  ['temperature exceeds 30', 'temperature > 30'],
  ['temperature does not exceed 30', 'temperature <= 30'],
  ['temperature is no more than 30', 'temperature <= 30'],
  ['temperature is not above 30', 'temperature <= 30'],
  ['temperature is greater than or equal to 30', 'temperature >= 30'],
  ['temperature is greater or equal to 30', 'temperature >= 30'],
  ['temperature is equal to or above 30', 'temperature >= 30'],
  ['temperature is between 10 and 20 °C', 'temperature is between 10 and 20'],
  ['temperature is between 10°C and 20°C', 'temperature is between 10 and 20'],
  ['temperature from 10 to 20', 'temperature is between 10 and 20'],
  ['temperature in range 10-20', 'temperature is between 10 and 20'],
  ['temperature is within 10 and 20', 'temperature is between 10 and 20'],
  ['temperature is not within 10 and 20', 'temperature < 10 or temperature > 20'],
  ['temperature rises to 30', 'temperature >= 30'],
  ['temperature drops to 5', 'temperature <= 5'],
  ['temperature is still above 30', 'temperature > 30'],
  ['temperature has been above 30 for 5 minutes', 'temperature > 30 for 5 minutes'],
  ['temperature < 10 or > 30', 'temperature < 10 or temperature > 30'],
  ['temperature is below 10 or above 30', 'temperature < 10 or temperature > 30'],
  ['alert me when temperature goes above 30', 'temperature > 30'],
  ['notify me if the humidity drops below 20 %', 'humidity < 20'],
  ["temperature's above 30", 'temperature > 30'],
  ['TEMPERATURE IS ABOVE 30', 'temperature > 30'],
  ['soil moisture < 20', 'soilMoisture < 20'],
  ['Soil-Moisture < 20', 'soilMoisture < 20'],
  ['temperature is above 30 for more than 5 minutes', 'temperature > 30 for 5 minutes'],
  ['temperature is above 30 for at least 5 minutes', 'temperature > 30 for 5 minutes'],
  ['temperature is above 30 for over an hour', 'temperature > 30 for 1 hour'],
  ['temperature is above 30 for 5 minutes or more', 'temperature > 30 for 5 minutes'],
  ['temperature is above 30 for the last 10 minutes', 'temperature > 30 for 10 minutes'],
  ['temperature is above 30 for 5 minutes and humidity > 80', '(temperature > 30 for 5 minutes) and humidity > 80'],
  ['temperature is above 30 longer than 5 minutes', 'temperature > 30 for 5 minutes'],
  ['temperature greater then 30', 'temperature > 30'],
  ['temperature higher than 30', 'temperature > 30'],
  ['temperature lower than 5', 'temperature < 5'],
  ['temperature warmer than 30', 'temperature > 30'],
  ['humidity fewer than 5', 'humidity < 5'],
  ['temperature not equal to 30', 'temperature != 30'],
  ["temperature doesn't equal 30", 'temperature != 30'],
  ['temperature is different from 30', 'temperature != 30'],
  ['temperature is exactly 30', 'temperature = 30'],
  ['temperature hits 30', 'temperature >= 30'],
  ['temperature reading is above 30', 'temperature > 30'],
  [
    'temperature > 30 and humidity is at least 80 percent, for 5 minutes',
    'temperature > 30 and humidity >= 80 for 5 minutes',
  ],
  ['temperature climbs above 30', 'temperature > 30'],
  ['temperature falls below 5', 'temperature < 5'],
  ['temperature dips below 5', 'temperature < 5'],
  ['temperature goes below 5', 'temperature < 5'],
  ['either temperature > 30 or humidity > 80', 'temperature > 30 or humidity > 80'],
  ['temperature > 30 while pump is on', 'temperature > 30 and pump = true'],
  ['temperature => 30', 'temperature >= 30'],
  ['temperature =< 30', 'temperature <= 30'],
  ['temperature <> 30', 'temperature != 30'],
  ['temperature > +30', 'temperature > 30'],
  ['temperature > 3e1', 'temperature > 30'],
  ['temperature > 30℃', 'temperature > 30'],
  ['door is open or closed', 'door = "open" or door = "closed"'],
  ['no data in the last day', 'no data for 1 day'],
  ['temperature > 30 for the whole hour', 'temperature > 30 for 1 hour'],
  ['door is open and temperature > 30', 'door = "open" and temperature > 30'],
  ['door is half open', 'door = "half open"'],
  ['door is "half ""open"" x"', 'door = "half ""open"" x"'],
  ['status is in progress for 5 minutes', 'status = "in progress" for 5 minutes'],
  ['temperature is not 30 or more', 'temperature < 30'],
  ['requests > ten k', 'requests > 10000'],
  ['requests > 80%', 'requests > 80'],
  ['requests > 300 kelvin', 'requests > 300'],
  ['requests > 10 k rpm', 'requests > 10000'],
  ['requests > 10k W', 'requests > 10000'],
  ['if if temperature > 3', 'temperature > 3'],
  ['the the temperature > 3', 'temperature > 3'],
  ['status is ""', 'status = ""'],
  ['status = 5', 'status = "5"'],
  ['status = 5 and pump = off', 'status = "5" and pump = false'],
  ['pump is not off', 'pump != false'],
  ['temperature not > 30', 'temperature <= 30'],
  ['temperature isn’t above 30', 'temperature <= 30'],
  [
    'temperature > 30 or (humidity > 80 and (pump is on or door is open)) for 5m',
    'temperature > 30 or humidity > 80 and (pump = true or door = "open") for 5 minutes',
  ],
  [
    'temperature is between 10 and 20 and humidity is between 30 and 40',
    'temperature is between 10 and 20 and humidity is between 30 and 40',
  ],
  ['temperature is more than thirty degrees celsius', 'temperature > 30'],
  ['requests over 2.5 million', 'requests > 2500000'],
  ['requests over two million five hundred thousand', 'requests > 2500000'],
  ['temperature > 30 for two and a half hours', 'temperature > 30 for 150 minutes'],
  ['temperature > 30 for a quarter of an hour', 'temperature > 30 for 15 minutes'],
  ['temperature > 30 for a couple of minutes', 'temperature > 30 for 2 minutes'],
  ['temperature > 30 for ninety seconds', 'temperature > 30 for 90 seconds'],
  ['temperature > 30 for 1.5 h', 'temperature > 30 for 90 minutes'],
  ['temperature > 30 for 5 minutes straight', 'temperature > 30 for 5 minutes'],
  ['memory > 80 kb', 'memory > 0.0762939453125'],
  ['memory > 80 mb', 'memory > 76.2939453125'],
  ['device is offline for > 10 minutes', 'no data for 10 minutes'],
  ['device offline for 10 minutes', 'no data for 10 minutes'],
  ['sensor goes offline for 10 minutes', 'no data for 10 minutes'],
  ['if there is no data for 10 minutes', 'no data for 10 minutes'],
  ['alert me if the sensor is silent for 1 hour', 'no data for 1 hour'],
  ['no updates within 10 minutes', 'no data for 10 minutes'],
  ['no data since 10 minutes', 'no data for 10 minutes'],
  ["hasn't sent data in 2 hours", 'no data for 2 hours'],
  ['no data at all for 2 hours', 'no data for 2 hours'],
  ['no data comes in for 2 hours', 'no data for 2 hours'],
  ['data stops for 10 minutes', 'no data for 10 minutes'],
  ['we receive no data for 10 minutes', 'no data for 10 minutes'],
  ['temperature > 30 for 2 hours and 15 minutes', 'temperature > 30 for 135 minutes'],
  ['temperature > 30, and humidity > 80, for 10 min', 'temperature > 30 and humidity > 80 for 10 minutes'],
  ['temperature > 30 for 45 secs', 'temperature > 30 for 45 seconds'],
  ['temperature went above 30', 'temperature > 30'],
  ['temperature is currently above 30', 'temperature > 30'],
  ['temperature becomes greater than 30', 'temperature > 30'],
  ['temperature is equal to 30', 'temperature = 30'],
  ['temperature equals to 30', 'temperature = 30'],
  ['temperature is larger than 30', 'temperature > 30'],
  ['temperature is bigger than 30', 'temperature > 30'],
  ['temperature is not less than 30', 'temperature >= 30'],
  ['temperature is no less than 30', 'temperature >= 30'],
  ['temperature is at or above 30', 'temperature >= 30'],
  ['temperature is above or equal to 30', 'temperature >= 30'],
  ['temperature is less than or equal to 30', 'temperature <= 30'],
  ['temperature <= 30', 'temperature <= 30'],
  ['temperature is over 30°', 'temperature > 30'],
  ['temperature > 30 deg C', 'temperature > 30'],
  ['temperature is −5', 'temperature = -5'],
  ['temperature is never above 30', 'temperature <= 30'],
  ['temperature is below zero', 'temperature < 0'],
  ['power over 1.2 kilowatts', 'power > 1200'],
  ['power > 2000 watts', 'power > 2000'],
  ['power > 5 MW', 'power > 5000000'],
  ['uptime > 1.5 h', 'uptime > 5400'],
  ['uptime under 500 ms', 'uptime < 0.5'],
  ['memory > 1024 KiB', 'memory > 1'],
  ['pm2_5 exceeds 35.5 ug/m3', 'pm2_5 > 35.5'],
  ['requests above 2.5k', 'requests > 2500'],
  ['requests exceed 10000', 'requests > 10000'],
  ['requests reach 10k', 'requests >= 10000'],
  ['requests = 0', 'requests = 0'],
  ['requests are zero', 'requests = 0'],
  ['requests is not 0', 'requests != 0'],
  ['cpu usage over 80%', 'cpu_usage > 80'],
  ['cpu.usage >= 80 percent', 'cpu_usage >= 80'],
  ['cpuUsage > 80', 'cpu_usage > 80'],
  ['door is OPEN', 'door = "OPEN"'],
  ["door's open", 'door = "open"'],
  ['door is "OPEN"', 'door = "OPEN"'],
  ["door is 'half open'", 'door = "half open"'],
  ['door becomes open', 'door = "open"'],
  ['door is not "closed"', 'door != "closed"'],
  ['status equals error', 'status = "error"'],
  ['status is not equal to "ok"', 'status != "ok"'],
  ['status is error or status is warning', 'status = "error" or status = "warning"'],
  ['status is ok and pump is off', 'status = "ok" and pump = false'],
  ['pump is yes', 'pump = true'],
  ['pump = on', 'pump = true'],
  ['pump != on', 'pump != true'],
  ["pump isn't on", 'pump != true'],
  ['pump goes off', 'pump = false'],
  ['pump is off or temperature > 30 and humidity < 20', 'pump = false or temperature > 30 and humidity < 20'],
  ['pump is inactive for 10 minutes', 'pump = false for 10 minutes'],
  ['pump is disabled', 'pump = false'],
  ['(pump is on)', 'pump = true'],
  ['((temperature > 30))', 'temperature > 30'],
  ['temperature > 30 AND humidity > 80 OR requests > 5', 'temperature > 30 and humidity > 80 or requests > 5'],
  ['temperature > 30 & humidity > 80', 'temperature > 30 and humidity > 80'],
  ['temperature > 30 | humidity > 80', 'temperature > 30 or humidity > 80'],
  ['temperature > 30 and the humidity is above 80', 'temperature > 30 and humidity > 80'],
  ['temperature > 30 or if humidity > 80', 'temperature > 30 or humidity > 80'],
  ['30 ≤ temperature', 'temperature >= 30'],
  ['temperature is above 30!', 'temperature > 30'],
  ['no measurements for 2h', 'no data for 2 hours'],
  ['no values received for 15 minutes', 'no data for 15 minutes'],
  ['no messages in 10 minutes', 'no data for 10 minutes'],
  ['no signal for 1 day', 'no data for 1 day'],
  ['missing readings for 30 min', 'no data for 30 minutes'],
  ['no data from the sensor for 10 minutes', 'no data for 10 minutes'],
  ['there is no data for an hour', 'no data for 1 hour'],
  ['nothing for 10 minutes', 'no data for 10 minutes'],
  ['unreachable for 5 minutes', 'no data for 5 minutes'],
  ['disconnected for half an hour', 'no data for 30 minutes'],
  ['stops reporting for 10 minutes', 'no data for 10 minutes'],
  ['it is silent for 1h', 'no data for 1 hour'],
  ['when no data arrives for 20 minutes', 'no data for 20 minutes'],
  ['sensor does not report for 3 hours', 'no data for 3 hours'],
  ['source is quiet for two hours', 'no data for 2 hours'],
  ['door open', 'door = "open"'],
  ['status error', 'status = "error"'],
  ['door "half open"', 'door = "half open"'],
  ['status is either error or warning', 'status = "error" or status = "warning"'],
  ['status is set to auto', 'status = "auto"'],
  ['status is in progress', 'status = "in progress"'],
  ['temperature is 30+', 'temperature >= 30'],
  ['temperature is 30+ for 5 minutes', 'temperature >= 30 for 5 minutes'],
  ['temperature is above 30 but below 40', 'temperature > 30 and temperature < 40'],
  ['temperature is above 30 and below 40', 'temperature > 30 and temperature < 40'],
  ['temperature > 30 and < 40', 'temperature > 30 and temperature < 40'],
  ['temperature>=30&&humidity<20', 'temperature >= 30 and humidity < 20'],
  ['(temperature>30)&&(humidity>80)', 'temperature > 30 and humidity > 80'],
  ['temperature ≥30°C', 'temperature >= 30'],
  ['temperature between 10 – 20', 'temperature is between 10 and 20'],
  ['temperature is not in range 10 to 20', 'temperature < 10 or temperature > 20'],
  ['temperature is out of range 10-20', 'temperature < 10 or temperature > 20'],
  ['temperature stays over 30 for 5 consecutive minutes', 'temperature > 30 for 5 minutes'],
  ['no data > 10 min', 'no data for 10 minutes'],
  ['no data for > 10 min', 'no data for 10 minutes'],
  ['data is older than 10 minutes', 'no data for 10 minutes'],
  ['data is stale for 10 minutes', 'no data for 10 minutes'],
  ["sensor hasn't been heard from for 10 minutes", 'no data for 10 minutes'],
  ['let me know when temperature is above 30', 'temperature > 30'],
  ['pump switched off', 'pump = false'],
  ['pump has been on for 2 hours', 'pump = true for 2 hours'],
  ['pump stays on for more than 2 hours', 'pump = true for 2 hours'],
  ['pump is on for longer than 2h', 'pump = true for 2 hours'],
  ['temperature is lower or equal to 5', 'temperature <= 5'],
  ['temperature is lower than or equal to 5', 'temperature <= 5'],
  ['temperature gets hotter than 30', 'temperature > 30'],
  [
    'temperature is above 30 for 5 minutes or humidity above 80 for 10 minutes',
    '(temperature > 30 for 5 minutes) or (humidity > 80 for 10 minutes)',
  ],
  ['cpu usage is greater than 90 percent for the last 15 minutes', 'cpu_usage > 90 for 15 minutes'],
  ['temperature is greater than 30 degrees celsius for 5 minutes', 'temperature > 30 for 5 minutes'],
  ['temperature is outside of 20 to 30', 'temperature < 20 or temperature > 30'],
  ['temperature is outside the range 20 to 30', 'temperature < 20 or temperature > 30'],
  ['temperature exceeding 30', 'temperature > 30'],
  ['humidity is under a hundred', 'humidity < 100'],
  ['requests > 3.3V', 'requests > 3.3'],
  ['"pump" is "on"', 'pump = true'],
  ['temperature is at 30', 'temperature = 30'],
  ['temperature is equal 30', 'temperature = 30'],
  ['temperature stays between 10 and 20 for 1 hour', 'temperature is between 10 and 20 for 1 hour'],
  ['temperature > 30 for 5 minutes 30 seconds', 'temperature > 30 for 330 seconds'],
  ['temperature > 30 for 1d12h', 'temperature > 30 for 36 hours'],
  ['temperature > 30 for 2 weeks', 'temperature > 30 for 14 days'],
  ['temperature > 30 for 1 hour 90 minutes', 'temperature > 30 for 150 minutes'],
  ['temperature is over thirty degrees for at least ten minutes', 'temperature > 30 for 10 minutes'],
  ['Alert when temperature > 30°C', 'temperature > 30'],
  ['if the temperature goes over 30 degrees', 'temperature > 30'],
  ['when humidity drops under 20%', 'humidity < 20'],
  ['the pump is on', 'pump = true'],
  ['pump is ON', 'pump = true'],
  ['pump == true', 'pump = true'],
  ['pump is not true', 'pump != true'],
  ['pump != true', 'pump != true'],
  ['door is "open"', 'door = "open"'],
  ['door equals "closed"', 'door = "closed"'],
  ['door != closed', 'door != "closed"'],
  ['door is open or pump is on', 'door = "open" or pump = true'],
  ['temperature above 30 and humidity above 80 and pump is on', 'temperature > 30 and humidity > 80 and pump = true'],
  [
    'temperature > 30 or humidity > 80 and pump is on or door is open',
    'temperature > 30 or humidity > 80 and pump = true or door = "open"',
  ],
  ['temperature ≠ 20', 'temperature != 20'],
  ['temperature==20', 'temperature = 20'],
  ['temperature<>20', 'temperature != 20'],
  ['30 <= temperature', 'temperature >= 30'],
  ['30 is less than temperature', 'temperature > 30'],
  ['temperature between 10 and 20 for five minutes', 'temperature is between 10 and 20 for 5 minutes'],
  ['temperature not between 10 and 20 for half an hour', 'temperature < 10 or temperature > 20 for 30 minutes'],
  ['temperature outside 10 and 20 for 1h30m', 'temperature < 10 or temperature > 20 for 90 minutes'],
  ['temperature more than 30 for 1 h', 'temperature > 30 for 1 hour'],
  ['cpu_usage is greater than 80% for 5 min', 'cpu_usage > 80 for 5 minutes'],
  ['"temperature" is greater than 30', 'temperature > 30'],
  ['“temperature” is greater than 30', 'temperature > 30'],
  ["'pm2.5' > 10", 'pm2_5 > 10'],
  ['offline for an hour', 'no data for 1 hour'],
  ['no data in the last hour', 'no data for 1 hour'],
  ['no data within the last 5 minutes', 'no data for 5 minutes'],
  ['no data for one and a half hours', 'no data for 90 minutes'],
  ['device is silent for 2 days', 'no data for 2 days'],
  ['requests < 10 k', 'requests < 10000'],
  ['requests >= 1.2 M', 'requests >= 1200000'],
  ['requests > 10M', 'requests > 10000000'],
  ['requests > 10Ki', 'requests > 10240'],
  ['power is above 5 kilowatts', 'power > 5000'],
  ['power > 5kw', 'power > 5000'],
  ['power > 5KW', 'power > 5000'],
  ['power > 0.5 MW and temperature < 5', 'power > 500000 and temperature < 5'],
  ['soil-moisture < 20', 'soilMoisture < 20'],
  ['soil_moisture < 20', 'soilMoisture < 20'],
  ['SOILMOISTURE < 20', 'soilMoisture < 20'],
  ['requests is 5k or more', 'requests >= 5000'],
  ['requests between 1k and 2k', 'requests is between 1000 and 2000'],
  ['temperature is not greater than 30', 'temperature <= 30'],
  ['temperature is not at least 30', 'temperature < 30'],
  ["temperature isn't 30", 'temperature != 30'],
  ['temperature is no longer above 30', 'temperature <= 30'],
  ['temperature has dropped below 5', 'temperature < 5'],
  ['temperature has risen above 30', 'temperature > 30'],
  ['temperature does not drop below 5', 'temperature >= 5'],
  ['temperature is in between 10 and 20', 'temperature is between 10 and 20'],
  ['temperature lies between 10 and 20', 'temperature is between 10 and 20'],
  ['temperature ranges from 10 to 20', 'temperature is between 10 and 20'],
  ['temperature equals or exceeds 30', 'temperature >= 30'],
  ['temperature is at 30 or above', 'temperature >= 30'],
  ['temperature = -3', 'temperature = -3'],
  ['temperature = - 3', 'temperature = -3'],
  ['temperature > −3', 'temperature > -3'],
  ['temperature > 1e3', 'temperature > 1000'],
  ['temperature > 1.5e-3', 'temperature > 0.0015'],
  ['temperature >.5', 'temperature > 0.5'],
  ['temperature > 05', 'temperature > 5'],
  ['temperature > 5.', 'temperature > 5'],
  ['power between 5 kW and 10 kW', 'power is between 5000 and 10000'],
  ['power between 5 W and 10 kW', 'power is between 5 and 10000'],
  ['power between 0 and 10 kW', 'power is between 0 and 10000'],
  ['power between 5 and 10 W', 'power is between 5 and 10'],
  ['requests between 1k and 2M', 'requests is between 1000 and 2000000'],
  ['5 kW < power < 10 kW', 'power > 5000 and power < 10000'],
  ['temperature between 10-20', 'temperature is between 10 and 20'],
];

/** What is refused, and with what message. `…` stands for "Cannot parse the condition". */
const REFUSED: readonly (readonly [written: string, message: string])[] = [
  [
    'temperature > 86 °F',
    'temperature is in °C, and °F cannot be converted to that unit. Example: "temperature is greater than 86 °C"',
  ],
  [
    'weight > 5',
    '…at "weight > 5": expected a field of the data source, such as temperature, humidity, requests, power, pm2_5 or 7 more. Example: "temperature is greater than 5"',
  ],
  [
    'temprature > 40',
    '…at "temprature > 40": expected a field of the data source, such as temperature, humidity, requests, power, pm2_5 or 7 more (did you mean "temperature"?). Example: "temperature is greater than 40"',
  ],
  [
    'temperature is grater than 40',
    '…at "grater than 40": expected a comparison, such as "is greater than" (did you mean "greater than"?). Example: "temperature is greater than 40"',
  ],
  ['temperature is hot', '…at "hot": expected a number. Example: "temperature is greater than 30"'],
  [
    'temperature > 40 fro 5 minutes',
    '…at "fro 5 minutes": expected "and", "or", "for" or the end (did you mean "for"?). Example: "temperature is greater than 40"',
  ],
  [
    'temperature > 40 for 5 minuets',
    '…at "minuets": expected a duration, such as "5 minutes" or "1 hour" (did you mean "minutes"?). Example: "temperature is greater than 40 for 5 minutes"',
  ],
  [
    'temperature > 40 for a while',
    '…at "a while": expected a duration, such as "5 minutes" or "1 hour". Example: "temperature is greater than 40 for 5 minutes"',
  ],
  [
    'temperature > 1,500',
    '…at "1,500": expected a number without commas, such as 1500 or 1.5. Example: "temperature is greater than 1500"',
  ],
  ['pump > 3', 'pump is a boolean field, which supports only "is" and "is not". Example: "pump is true"'],
  ['door is above 3', 'door is a string field, which supports only "is" and "is not". Example: "door is error"'],
  ['pump is maybe', '…at "maybe": expected "true" or "false". Example: "pump is true"'],
  [
    'requests > 10m',
    '…at "m": expected a number without a suffix, or with k, M, G, T, Ki, Mi, Gi or Ti (case-sensitive). Example: "requests is greater than 10"',
  ],
  [
    'requests > 5 kW',
    'requests has no unit, so "5 kW" cannot be converted. Leave the unit out, or set the unit of the field. Example: "requests is greater than 5"',
  ],
  [
    'requests > 5 min',
    'requests has no unit, so "5 min" cannot be converted. Leave the unit out, or set the unit of the field. Example: "requests is greater than 5"',
  ],
  ['status', '…at the end: expected "is" or "is not", followed by a text. Example: "status is error"'],
  [
    'temperature',
    '…at the end: expected a comparison, such as "is greater than". Example: "temperature is greater than 30"',
  ],
  [
    'no temperature for 10 minutes',
    '…at "no temperature for 10 minutes": expected a field of the data source, such as temperature, humidity, requests, power, pm2_5 or 7 more (did you mean "no data"?). Example: "no data for 10 minutes"',
  ],
  [
    'no dat for 10 minutes',
    '…at "no dat for 10 minutes": expected a field of the data source, such as temperature, humidity, requests, power, pm2_5 or 7 more (did you mean "no data"?). Example: "no data for 10 minutes"',
  ],
  ['temperature > humidity', '…at "humidity": expected a number. Example: "temperature is greater than 30"'],
  [
    'temperature > 30 unless it rains',
    '…at "unless it rains": expected "and", "or", "for" or the end. Example: "temperature is greater than 30"',
  ],
  ['temperature > 30 and', '…at the end: expected a field. Example: "temperature is greater than 30"'],
  [
    'and temperature > 30',
    '…at "and temperature > 30": expected a field of the data source, such as temperature, humidity, requests, power, pm2_5 or 7 more (did you mean "temperature"?). Example: "temperature is greater than 30"',
  ],
  [
    'temperature > 30 within 5 minutes',
    '…at "within 5 minutes": expected "and", "or", "for" or the end. Example: "temperature is greater than 30"',
  ],
  [
    'average temperature > 30',
    '…at "average temperature > 30": expected a field of the data source, such as temperature, humidity, requests, power, pm2_5 or 7 more (did you mean "temperature"?). Example: "temperature is greater than 30"',
  ],
  [
    'temperature is between 20 and 10',
    'The lower bound 20 is above the upper bound 10. Example: "temperature is between 10 and 20"',
  ],
  [
    'temperature is outside 20 and 10',
    'The lower bound 20 is above the upper bound 10. Example: "temperature is outside 10 and 20"',
  ],
  ['(temperature > 30', '…at the end: expected ")", "and", "or" or "for". Example: "temperature is greater than 30"'],
  ['temperature > 30)', '…at ")": expected "(" before this ")". Example: "temperature is greater than 30"'],
  [
    'door is not open or closed',
    '…at "closed": expected a field, which must be repeated after "is not". Example: "door is not open and door is not closed"',
  ],
  [
    'no data',
    '…at the end: expected "for" and a duration, such as "for 30 minutes". Example: "no data for 30 minutes"',
  ],
  ['no data for 31 days', 'A duration must be from 1 second to 30 days. Example: "no data for 30 minutes"'],
  ['no data for 5', '…at "5": expected a duration, such as "5 minutes" or "1 hour". Example: "no data for 30 minutes"'],
  [
    'temperature > 30 for 0 seconds',
    'A duration must be from 1 second to 30 days. Example: "temperature is greater than 30 for 5 minutes"',
  ],
  [
    'temperature > 30 for 90.5 seconds',
    '…at "90.5 seconds": expected a duration in whole seconds, such as "90 seconds". Example: "temperature is greater than 30"',
  ],
  [
    '"temperature > 30',
    '…at ""temperature > 30": expected a field of the data source, such as temperature, humidity, requests, power, pm2_5 or 7 more (did you mean "temperature"?). Example: "temperature is greater than 30"',
  ],
  [
    'temperature is between 10',
    '…at the end: expected "and" followed by the upper bound. Example: "temperature is between 10 and 20"',
  ],
  [
    'temperature > 5 MW',
    'temperature is in °C, and MW cannot be converted to that unit. Example: "temperature is greater than 5 °C"',
  ],
  ['power > 5k', 'power is in W, and k cannot be converted to that unit. Example: "power is greater than 5 W"'],
  [
    'pressure > 3 and temperature > 30',
    '…at "pressure > 3 and temperature > 30": expected a field of the data source, such as temperature, humidity, requests, power, pm2_5 or 7 more. Example: "temperature is greater than 3"',
  ],
  [
    'temperature changes by 5',
    '…at "changes by 5": expected a comparison, such as "is greater than". Example: "temperature is greater than 5"',
  ],
  [
    'temperature crosses 30',
    '…at "crosses 30": expected a comparison, such as "is greater than". Example: "temperature is greater than 30"',
  ],
  [
    'unknown',
    '…at "unknown": expected a field of the data source, such as temperature, humidity, requests, power, pm2_5 or 7 more. Example: "temperature is greater than 30"',
  ],
  [
    'temperature is abvoe 40',
    '…at "abvoe 40": expected a comparison, such as "is greater than" (did you mean "above"?). Example: "temperature is greater than 40"',
  ],
  [
    'temperature > 1,000,000',
    '…at "1,000,000": expected a number without commas, such as 1500 or 1.5. Example: "temperature is greater than 1000000"',
  ],
  [
    'oflfine for 10 minutes',
    '…at "oflfine for 10 minutes": expected a field of the data source, such as temperature, humidity, requests, power, pm2_5 or 7 more (did you mean "no data"?). Example: "no data for 10 minutes"',
  ],
  [
    'no data for',
    '…at the end: expected a duration, such as "5 minutes" or "1 hour". Example: "no data for 30 minutes"',
  ],
  [
    'dor is open',
    '…at "dor is open": expected a field of the data source, such as door, temperature, humidity, requests, power or 7 more (did you mean "door"?). Example: "door is open"',
  ],
  [
    'pmp is on',
    '…at "pmp is on": expected a field of the data source, such as pump, temperature, humidity, requests, power or 7 more (did you mean "pump"?). Example: "pump is true"',
  ],
  ['pump is offf', '…at "offf": expected "true" or "false" (did you mean "off"?). Example: "pump is true"'],
  [
    'temperature > 30 adn humidity > 3',
    '…at "adn humidity > 3": expected "and", "or", "for" or the end (did you mean "and"?). Example: "temperature is greater than 30"',
  ],
  [
    'humidity temperature > 30',
    '…at "temperature > 30": expected a comparison, such as "is greater than". Example: "humidity is greater than 30"',
  ],
  [
    '(temperature > 30 for 31 days) or humidity > 3',
    'A duration must be from 1 second to 30 days. Example: "temperature is greater than 30 for 5 minutes"',
  ],
  [
    'temperature > 30 for 5 minutes for 5 minutes',
    '…at "for 5 minutes": expected "and", "or" or the end. Example: "temperature is greater than 30"',
  ],
  [
    'temperature > 1e400',
    '…at "1e400": expected a number in the range of a 64-bit float. Example: "temperature is greater than 30"',
  ],
  [
    'temperature > 30 or more',
    '…at "more": expected a field of the data source, such as temperature, humidity, requests, power, pm2_5 or 7 more. Example: "temperature is greater than 30"',
  ],
  [
    'temperature is 30 or 40',
    '…at the end: expected a field, or a comparison such as "<" after the number. Example: "temperature is 30"',
  ],
  [
    'temperature > ten k',
    'temperature is in °C, and k cannot be converted to that unit. Example: "temperature is greater than 30 °C"',
  ],
  [
    'requests > 5g',
    '…at "g": expected a number without a suffix, or with k, M, G, T, Ki, Mi, Gi or Ti (case-sensitive). Example: "requests is greater than 5"',
  ],
  [
    'requests > 5 g',
    '…at "g": expected a number without a suffix, or with k, M, G, T, Ki, Mi, Gi or Ti (case-sensitive). Example: "requests is greater than 5"',
  ],
  [
    'requests > 5 kg',
    'requests has no unit, so "5 kg" cannot be converted. Leave the unit out, or set the unit of the field. Example: "requests is greater than 5"',
  ],
  [
    'requests > 5 mi',
    '…at "mi": expected a number without a suffix, or with k, M, G, T, Ki, Mi, Gi or Ti (case-sensitive). Example: "requests is greater than 5"',
  ],
  [
    'requests > 5MB',
    'requests has no unit, so "5MB" cannot be converted. Leave the unit out, or set the unit of the field. Example: "requests is greater than 5"',
  ],
  ['requests > 10kk', '…at "kk": expected "and", "or", "for" or the end. Example: "requests is greater than 10"'],
  ['temperature is on', '…at "on": expected a number. Example: "temperature is greater than 30"'],
  [
    'no data is true',
    '…at "no data is true": expected a field of the data source, such as temperature, humidity, requests, power, pm2_5 or 7 more (did you mean "no data"?). Example: "no data for 30 minutes"',
  ],
  [
    'a > b',
    '…at "a > b": expected a field of the data source, such as temperature, humidity, requests, power, pm2_5 or 7 more. Example: "temperature is greater than 30"',
  ],
  ['   ', '…at the end: expected a field. Example: "temperature is greater than 30"'],
  [
    '"temperature"',
    '…at the end: expected a comparison, such as "is greater than". Example: "temperature is greater than 30"',
  ],
  [
    '"" > 3',
    '…at """ > 3": expected a field of the data source, such as temperature, humidity, requests, power, pm2_5 or 7 more. Example: "temperature is greater than 3"',
  ],
  ['temperature > "30"', '…at ""30"": expected a number. Example: "temperature is greater than 30"'],
  [
    'not temperature > 30',
    '…at "not temperature > 30": expected a field of the data source, such as temperature, humidity, requests, power, pm2_5 or 7 more (did you mean "temperature"?). Example: "temperature is greater than 30"',
  ],
  [
    'temperature > 30; humidity > 80',
    '…at "; humidity > 80": expected "and", "or", "for" or the end. Example: "temperature is greater than 30"',
  ],
  [
    'temperature > 30, humidity > 80',
    '…at ", humidity > 80": expected "and", "or", "for" or the end. Example: "temperature is greater than 30"',
  ],
  [
    'temperature between 1 and 2 and 3',
    '…at the end: expected a field, or a comparison such as "<" after the number. Example: "temperature is between 1 and 2"',
  ],
  [
    'temperature > 1 or > 2 or > 3 or > 4 or > 5 or > 6 or > 7 or > 8 or > 9 or > 10 or > 11',
    'A condition can have at most 10 comparisons. Example: "temperature is greater than 11"',
  ],
  [
    'temperature >= 30 % ',
    'temperature is in °C, and % cannot be converted to that unit. Example: "temperature is at least 30 °C"',
  ],
  ['humidity is half', '…at "half": expected a number. Example: "humidity is greater than 30"'],
  ['requests over half a million', '…at "half a million": expected a number. Example: "requests is greater than 30"'],
  [
    'requests over one hundred and five',
    '…at the end: expected a field, or a comparison such as "<" after the number. Example: "requests is greater than 100"',
  ],
  [
    'no data for 10 minutes or temperature > 30',
    '…at "or temperature > 30": expected the end: "no data" cannot be combined with other conditions. Example: "no data for 30 minutes"',
  ],
  [
    'offline',
    '…at the end: expected "for" and a duration, such as "for 30 minutes". Example: "no data for 30 minutes"',
  ],
  [
    'Pm2.5 is over 35 micrograms',
    'pm2_5 is in µg/m³, and micrograms cannot be converted to that unit. Example: "pm2_5 is greater than 35 µg/m³"',
  ],
  ['door opne is', '…at "opne is": expected "is" or "is not", followed by a text. Example: "door is error"'],
  [
    'status equls error',
    '…at "equls error": expected a comparison, such as "is greater than" (did you mean "equals"?). Example: "status is error"',
  ],
  [
    'status is neither a nor b',
    '…at "neither a nor b": expected a text, in quotes if it has several words. Example: "status is error"',
  ],
  ['status is one of a, b', '…at ", b": expected "and", "or", "for" or the end. Example: "status is \'one of a\'"'],
  [
    'state is ok',
    '…at "state is ok": expected a field of the data source, such as status, temperature, humidity, requests, power or 7 more (did you mean "status"?). Example: "status is ok"',
  ],
  [
    'status contains error',
    '…at "contains error": expected "is" or "is not", followed by a text. Example: "status is error"',
  ],
  [
    'temp > 30',
    '…at "temp > 30": expected a field of the data source, such as temperature, humidity, requests, power, pm2_5 or 7 more (did you mean "temperature"?). Example: "temperature is greater than 30"',
  ],
  [
    'hum > 80',
    '…at "hum > 80": expected a field of the data source, such as humidity, temperature, requests, power, pm2_5 or 7 more (did you mean "humidity"?). Example: "humidity is greater than 80"',
  ],
  ['temperature is 20 to 30', '…at "to 30": expected "and", "or", "for" or the end. Example: "temperature is 20"'],
  [
    'battery < 3.3V',
    '…at "battery < 3.3V": expected a field of the data source, such as temperature, humidity, requests, power, pm2_5 or 7 more. Example: "temperature is less than 3.3"',
  ],
  [
    'temperature = 30 or 40',
    '…at the end: expected a field, or a comparison such as "<" after the number. Example: "temperature is 30"',
  ],
  ['temperature is neither 3', '…at "neither 3": expected a number. Example: "temperature is greater than 3"'],
  [
    'temperature above 30, humidity above 80',
    '…at ", humidity above 80": expected "and", "or", "for" or the end. Example: "temperature is greater than 30"',
  ],
  ['pump', '…at the end: expected "is" or "is not", followed by "true" or "false". Example: "pump is true"'],
  [
    'not pump',
    '…at "not pump": expected a field of the data source, such as pump, temperature, humidity, requests, power or 7 more (did you mean "pump"?). Example: "pump is true"',
  ],
  [
    'pump and temperature > 30',
    '…at "and temperature > 30": expected "is" or "is not", followed by "true" or "false". Example: "pump is true"',
  ],
  ['pump is neither', '…at "neither": expected "true" or "false". Example: "pump is true"'],
  [
    'temperature leaves 10 to 20',
    '…at "leaves 10 to 20": expected a comparison, such as "is greater than". Example: "temperature is greater than 10"',
  ],
  [
    'temperature is above thirty point five',
    '…at "point five": expected "and", "or", "for" or the end. Example: "temperature is greater than 30"',
  ],
  [
    'temperature is above 30 since 5 minutes',
    '…at "since 5 minutes": expected "and", "or", "for" or the end. Example: "temperature is greater than 30"',
  ],
  [
    'temperature > 30 5 minutes',
    '…at "5 minutes": expected "and", "or", "for" or the end. Example: "temperature is greater than 30"',
  ],
  [
    'temperature > 30 for 90',
    '…at the end: expected a duration, such as "5 minutes" or "1 hour". Example: "temperature is greater than 30 for 90 minutes"',
  ],
  [
    'temperature > 30 for five',
    '…at "five": expected a duration, such as "5 minutes" or "1 hour". Example: "temperature is greater than 30 for 5 minutes"',
  ],
  [
    'temperature > 30 for PT5M',
    '…at "PT5M": expected a duration, such as "5 minutes" or "1 hour". Example: "temperature is greater than 30 for 5 minutes"',
  ],
  [
    'temperature > 30 for 1:30',
    '…at ":30": expected a duration, such as "5 minutes" or "1 hour". Example: "temperature is greater than 30 for 1 minute"',
  ],
  [
    'temperature > 30 for a month',
    '…at "a month": expected a duration, such as "5 minutes" or "1 hour". Example: "temperature is greater than 30 for 5 minutes"',
  ],
  [
    'temperature or more',
    '…at "or more": expected a comparison, such as "is greater than". Example: "temperature is greater than 30"',
  ],
  [
    'temperature > 10k',
    'temperature is in °C, and k cannot be converted to that unit. Example: "temperature is greater than 10 °C"',
  ],
  ['requests > 10 mio', '…at "mio": expected "and", "or", "for" or the end. Example: "requests is greater than 10"'],
  [
    'requests between 1 and 2k',
    '…at "2k": expected a unit or multiplier after both numbers or after neither. Example: "requests is between 1 and 2"',
  ],
  [
    'temperature will be above 30',
    '…at "will be above 30": expected a comparison, such as "is greater than". Example: "temperature is greater than 30"',
  ],
  [
    'temperature must be above 30',
    '…at "must be above 30": expected a comparison, such as "is greater than". Example: "temperature is greater than 30"',
  ],
  [
    'temperature should be above 30',
    '…at "should be above 30": expected a comparison, such as "is greater than". Example: "temperature is greater than 30"',
  ],
  ['temperature is minimum 30', '…at "minimum 30": expected a number. Example: "temperature is greater than 30"'],
  [
    'temperature max 30',
    '…at "max 30": expected a comparison, such as "is greater than". Example: "temperature is greater than 30"',
  ],
  [
    'power between 5 and 10 kW',
    '…at "10 kW": expected a unit or multiplier after both numbers or after neither. Example: "power is between 5 and 10"',
  ],
  [
    'requests between 1 and 2 million',
    '…at "2 million": expected a unit or multiplier after both numbers or after neither. Example: "requests is between 1 and 2"',
  ],
  [
    '5 < power < 10 kW',
    '…at "10 kW": expected a unit or multiplier after both numbers or after neither. Example: "power is less than 5"',
  ],
  [
    'requests outside 1-2k',
    '…at "-2k": expected a unit or multiplier after both numbers or after neither. Example: "requests is outside -2 and 1"',
  ],
];

it('understands what people write', () => {
  const read = UNDERSTOOD.map(([written]) => [written, printCondition(parseCondition(written, SCHEMA))]);
  expect(read).toEqual(UNDERSTOOD);
  expect(UNDERSTOOD.length).toBeGreaterThan(300);
});

it('reads a canonical text as the same condition', () => {
  for (const [, canonical] of UNDERSTOOD) expect(printCondition(parseCondition(canonical, SCHEMA))).toBe(canonical);
});

it.each(REFUSED)('refuses %j', (written, message) => {
  const { message: parsed } = refusalOf(written, SCHEMA);
  expect(parsed.replace(SYNTAX, '…')).toBe(message);
});

it('ends each refusal with an example that it would understand', () => {
  for (const [written] of REFUSED) {
    const [, example = ''] = /Example: "(.*)"$/.exec(refusalOf(written, SCHEMA).message) ?? [];
    expect([written, printCondition(parseCondition(example, SCHEMA))]).toEqual([written, expect.any(String)]);
  }
});

it('names at most five fields, however many there are', () => {
  const fields = Array.from({ length: 100 }, (_, slot) => ({ name: `field_${slot}`, type: 'number' as const, slot }));
  const { message } = refusalOf('pressure > 7', fields);
  expect(message).toContain(
    'expected a field of the data source, such as field_0, field_1, field_2, field_3, field_4 or 95 more.',
  );
  expect(message).toContain('Example: "field_0 is greater than 7"');
});

it('keeps the size of every number, whichever way it is written', () => {
  const valueOf = (written: string, unit?: string) =>
    (
      parseCondition(`x > ${written}`, [{ name: 'x', type: 'number', slot: 0, ...(unit && { unit }) }]) as {
        value: number;
      }
    ).value;
  expect(['10k', '5.1k', '0.1M', '2Ki', '3Ti', '-1.5k', '1e3k'].map((written) => valueOf(written))).toEqual([
    ...[10_000, 5100, 100_000, 2048, 3 * 1024 ** 4, -1500, 1e6],
  ]);
  expect(['5.1 kW', '5100 W', '5100', '0.0051 MW', '5100000 mW'].map((written) => valueOf(written, 'W'))).toEqual([
    ...[5100, 5100, 5100, 5100, 5100],
  ]);
  expect(['5 kW', '5000 W', '5'].map((written) => valueOf(written, 'kW'))).toEqual([5, 5, 5]);
  expect(['90 s', '1.5 min', '1 h'].map((written) => valueOf(written, 'min'))).toEqual([1.5, 1.5, 60]);
  expect(['10 people', '10k people'].map((written) => valueOf(written, 'people'))).toEqual([10, 10_000]);
  for (const [written, unit] of [
    ...(['10m', '10g', '10mi', '5 kW', '5 mA', '7 km', '3 min', '3 ms', '1 GB'] as const).map((one) => [one] as const),
    ...([
      ['5k', 'W'],
      ['5 M', 'm'],
      ['5 kV', 'W'],
      ['300 k', 'K'],
      ['3 Mb/s', 'MB/s'],
      ['3 mb/s', 'm'],
    ] as const),
  ])
    expect(() => valueOf(written, unit)).toThrow(ConditionError);
});

const name = fc.oneof(
  fc.stringMatching(/^[A-Za-z_][A-Za-z0-9_.-]{0,8}$/),
  fc.constantFrom(
    'and',
    'or',
    'for',
    'no',
    'not',
    'is',
    'if',
    'the',
    'a_is',
    'a',
    'offline',
    'data',
    'no_data',
    'in',
    '_',
  ),
);
const schema = fc
  .uniqueArray(fc.record({ name, type: fc.constantFrom('number', 'boolean', 'string') }), {
    selector: (field) => field.name.toLowerCase().replace(/[_.-]/g, ''),
    minLength: 1,
    maxLength: 6,
  })
  .map((fields) => fields.map((field, slot) => ({ ...field, slot })) as unknown as Schema);
const number = fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => value + 0);
const seconds = fc.integer({ min: 1, max: 30 * 86_400 });
const timed = <T extends object>(part: fc.Arbitrary<T>) =>
  fc
    .tuple(part, fc.option(seconds, { nil: undefined }))
    .map(([one, durationSeconds]) => ({ ...one, ...(durationSeconds !== undefined && { durationSeconds }) }));
type Part = object & { readonly operator: string; readonly durationSeconds?: number };
const sideOf = (fields: Schema) =>
  fc.constantFrom(...fields).chain(({ name: field, type }): fc.Arbitrary<Part> => {
    const same = fc.constantFrom('eq', 'ne');
    if (type === 'boolean') return fc.record({ field: fc.constant(field), operator: same, value: fc.boolean() });
    if (type === 'string')
      return fc.record({
        field: fc.constant(field),
        operator: same,
        value: fc.string({ unit: 'binary', maxLength: 12 }),
      });
    return fc.oneof(
      fc.record({
        field: fc.constant(field),
        operator: fc.constantFrom('gt', 'gte', 'lt', 'lte', 'eq', 'ne'),
        value: number,
      }),
      fc.record({
        field: fc.constant(field),
        operator: fc.constant('between'),
        value: fc.tuple(number, number).map((pair) => pair.sort((one, other) => one - other)),
      }),
    );
  });
/** Conditions as the parser builds them: what the same word joins stands in one list. */
const conditionOf = (fields: Schema) =>
  fc.letrec<{ part: Part }>((tie) => ({
    part: timed(
      fc.oneof(
        { maxDepth: 2 },
        sideOf(fields),
        fc
          .tuple(fc.constantFrom('and', 'or'), fc.array(tie('part'), { minLength: 2, maxLength: 3 }))
          .map(([operator, parts]) => ({
            operator,
            conditions: parts.filter((one) => one.operator !== operator || one.durationSeconds !== undefined),
          }))
          .filter(({ conditions }) => conditions.length > 1),
      ),
    ),
  })).part;
const sidesIn = (one: object): number =>
  'conditions' in one ? (one.conditions as object[]).reduce((sum, part) => sum + sidesIn(part), 0) : 1;

it('prints any condition on any schema as a text that is read as the same condition', () =>
  fc.assert(
    fc.property(
      schema.chain((fields) => fc.tuple(fc.constant(fields), conditionOf(fields))),
      ([fields, condition]) => {
        fc.pre(sidesIn(condition) <= 10);
        expect(parseCondition(printCondition(condition as unknown as Condition), fields)).toEqual(condition);
      },
    ),
    { numRuns: 1500 },
  ));

const WORDS =
  'temperature pump door status is not above over between outside and or && || for in the last no data offline 5 -3 1e9 k kW Mi °C minutes half an hour a if when ( ) " \' , > <= = or more less five hundred on open "x" 10-20 1h30m'.split(
    ' ',
  );
const anyText = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 60 }),
  fc.string({ unit: 'grapheme', maxLength: 60 }),
  fc.array(fc.constantFrom(...WORDS), { maxLength: 16 }).map((some) => some.join(' ')),
  fc.array(fc.constantFrom(...WORDS), { maxLength: 16 }).map((some) => some.join('')),
);

it('throws its own error alone, for any text, with an example that it understands', () =>
  fc.assert(
    fc.property(anyText, (text) => {
      try {
        const read = parseCondition(text, SCHEMA);
        expect(parseCondition(printCondition(read), SCHEMA)).toEqual(read);
      } catch (cause) {
        if (!(cause instanceof ConditionError)) throw cause;
        expect(cause.at).toBeLessThanOrEqual(text.length);
        const [, example = ''] = /Example: "(.*)"$/s.exec(cause.message) ?? [];
        expect(() => parseCondition(example, SCHEMA)).not.toThrow();
      }
    }),
    { numRuns: 2500 },
  ));

it('reads the longest and the worst of texts in a time that grows with their length', () => {
  const fields = Array.from({ length: 100 }, (_, slot) => ({
    name: `${'a_'.repeat(30)}${slot}`,
    type: 'number' as const,
    slot,
  }));
  const tries = [
    '(',
    '"',
    '\u201e',
    'a ',
    'a_',
    'not ',
    'is ',
    'the ',
    '1',
    '1 ',
    '1h',
    'five ',
    '-',
    'no ',
    '> ',
    'x > 1 or ',
  ];
  const started = performance.now();
  for (const piece of tries) {
    const text = piece.repeat(500).slice(0, 500);
    for (const one of [text, `${'a_'.repeat(30)}1 > ${text}`, `no data for ${text}`])
      expect(() => parseCondition(one, fields)).toThrow(ConditionError);
  }
  // 48 texts: a second would be 20 ms for each.
  expect(performance.now() - started).toBeLessThan(3000);
});

function refusalOf(written: string, fields: Schema): ConditionError {
  try {
    parseCondition(written, fields);
  } catch (cause) {
    if (cause instanceof ConditionError) return cause;
    throw cause;
  }
  throw new Error(`"${written}" was understood`);
}
