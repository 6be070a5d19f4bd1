import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { PICTURES, dashboards } from './draw.ts';
import { formatValue, ticks } from './format.ts';
import { picture } from './picture.ts';
import type { GrafanaPanel } from './panel-data.ts';
import { label } from './svg.ts';

const DOCS = join(import.meta.dirname, '../../docs');

test.each(Object.entries(PICTURES))('the picture of %s shows every panel of its dashboard', (name, [folder, title]) => {
  const drawn = readFileSync(join(DOCS, 'dashboards', `${name}.svg`), 'utf8');
  const panels = dashboards(folder).find((one) => one.title === title)?.panels ?? [];
  expect(panels.length).toBeGreaterThan(5);
  const missing = panels.filter(
    (panel) => panel.title !== '' && !drawn.includes(`>${panel.type === 'row' ? '▾ ' : ''}${panel.title}<`),
  );
  expect(missing.map((panel) => `${panel.title}: run npm run dashboards`)).toEqual([]);
});

test('each picture stands in the page about dashboards, and there are no others', () => {
  const page = readFileSync(join(DOCS, 'dashboards.md'), 'utf8');
  const shown = [...page.matchAll(/\(dashboards\/(\w+)\.svg\)/g)].map(([, name]) => name);
  expect(shown.sort()).toEqual(Object.keys(PICTURES).sort());
  expect(readdirSync(join(DOCS, 'dashboards')).sort()).toEqual(shown.map((name) => `${name}.svg`));
});

test('values are shown with three digits and the unit that fits', () => {
  const shown = [0.0000234, 0.0456, 1.5, 90, 7200].map((value) => formatValue(value, 's'));
  expect(shown).toEqual(['23.4 µs', '45.6 ms', '1.5 s', '1.5 min', '2 h']);
  expect([formatValue(0.99512, 'percentunit', 2), formatValue(3 * 2 ** 20, 'bytes')]).toEqual(['99.51%', '3 MiB']);
  expect([formatValue(1234, 'short'), formatValue(0, 's'), formatValue(0.25, 'suffix:/s')]).toEqual([
    '1.23 K',
    '0 s',
    '0.25/s',
  ]);
});

test('ticks are round numbers, of seconds on a clock, of bytes in powers of two', () => {
  expect(ticks(0, 0.93, 4)).toEqual([0, 0.25, 0.5, 0.75]);
  expect(ticks(0, 200, 4, 's')).toEqual([0, 60, 120, 180]);
  expect(ticks(0, 300, 4, 'bytes')).toEqual([0, 128, 256]);
});

test('text is cut where it would leave its room, and means nothing to SVG', () => {
  expect(label('<b>&', 1, 2)).toBe('<text x="1" y="2" fill="#ccccdc" font-size="12">&#60;b&#62;&#38;</text>');
  expect(label('a long name', 0, 0, { width: 40 })).toContain('>a lo…<');
});

test('a panel whose query has no answer is an error', async () => {
  const panel: GrafanaPanel = {
    id: 1,
    type: 'stat',
    title: 'Leaders',
    gridPos: { x: 0, y: 0, w: 6, h: 4 },
    targets: [{ expr: 'sum(nova_leader)', legendFormat: '' }],
  };
  const nobody = { range: () => Promise.resolve([]) };
  await expect(
    picture({ uid: 'x', title: 'x', panels: [panel] }, nobody, { from: 0, to: 60, step: 60 }),
  ).rejects.toThrow('panel "Leaders" has no data');
});
