import { expect, test } from 'vitest';
import { timeZones } from './time-zones.ts';

test('the engine that reads times knows every name, and every zone of the engine has its name here', () => {
  expect(timeZones().size).toBeGreaterThan(590);
  for (const name of timeZones()) expect(() => new Intl.DateTimeFormat('en', { timeZone: name })).not.toThrow();
  expect(Intl.supportedValuesOf('timeZone').filter((name) => !timeZones().has(name))).toEqual([]);
});
