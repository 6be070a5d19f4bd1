import { isField, placedFields, type FieldSchema, type PlacedField } from '../runtime/ops/config/field.ts';
import { configFields } from '../runtime/ops/config/fields.ts';
import { configSchema } from '../runtime/ops/config/schema.ts';

/** `docs/configuration.md`: every setting of the scheduler, from the fields and the schema that `serve` reads with. */
export function configurationReference(): string {
  const fields = placedFields(configFields);
  const single = fields.filter(({ path }) => path.length === 1);
  const groups = Object.entries(configFields).flatMap(([name, value]) => (isField(value) ? [] : [name]));
  return [
    '<!-- Made by `npm run docs` from runtime/ops/config/fields.ts. Do not edit. -->',
    '# Configuration of the scheduler',
    '`nova-torch serve` reads a file (`--config`, YAML or JSON), then environment variables, and takes defaults for the rest. What a variable says counts more than what the file says. Everything that is wrong is said at once, each with its place.',
    'Secrets never stand in the configuration: a setting that ends in `File` names a file, and the file holds the secret. In a cluster the compiler writes all of this; what an operator may want to change is explained here.',
    example(),
    table(single),
    ...groups.flatMap((group) => [
      `## ${group}`,
      table(fields.filter(({ path }) => path.length > 1 && path[0] === group)),
    ]),
    '## Schema',
    'The same as JSON Schema, for editors:',
    `<details><summary>nova-torch-config.schema.json</summary>\n\n\`\`\`json\n${JSON.stringify(configSchema(configFields), null, 2)}\n\`\`\`\n\n</details>`,
    '',
  ].join('\n\n');
}

function example(): string {
  return `\`\`\`yaml
environment: prod
store:
  url: rediss://store.example:6379
  user: scheduler
  passwordFile: /etc/nova-torch/secrets/password
log: { level: debug }
\`\`\``;
}

function table(fields: readonly PlacedField[]): string {
  const rows = fields.map((one) => {
    const { path, field } = one;
    const preset = field.fallback === undefined ? '' : `\`${String(field.fallback)}\``;
    return `| \`${path.join('.')}\` | \`${field.variable}\` | ${typeOf(field.schema)} | ${preset} | ${field.about} |`;
  });
  return ['| setting | variable | | default | |', '| --- | --- | --- | --- | --- |', ...rows].join('\n');
}

function typeOf(schema: FieldSchema): string {
  if ('enum' in schema) return schema.enum.map((one) => `\`${one}\``).join(', ');
  if ('minimum' in schema) return `${schema.type} ${schema.minimum} to ${schema.maximum}`;
  if ('x-form' in schema && schema['x-form'] !== undefined) return schema['x-form'];
  return schema.type === 'string' ? 'text' : 'true or false';
}
