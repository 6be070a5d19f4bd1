/** What the value of a keyword must be. */
export type KeywordForm =
  | 'schema'
  | 'schemas by name'
  | 'list of schemas'
  | 'count'
  | 'number'
  | 'positive number'
  | 'boolean'
  | 'text'
  | 'pattern'
  | 'reference'
  | 'list'
  | 'names'
  | 'names by name'
  | 'types'
  | 'anything';

/** Keywords of JSON Schema 2020-12 that a task type may use. Left out: those that change what a reference means. */
export const KEYWORDS: ReadonlyMap<string, KeywordForm> = new Map<string, KeywordForm>([
  ...of('schema', 'not if then else items contains additionalProperties propertyNames'),
  ...of('schema', 'unevaluatedItems unevaluatedProperties contentSchema'),
  ...of('schemas by name', 'properties patternProperties $defs dependentSchemas'),
  ...of('list of schemas', 'allOf anyOf oneOf prefixItems'),
  ...of('count', 'minLength maxLength minItems maxItems minProperties maxProperties minContains maxContains'),
  ...of('number', 'minimum maximum exclusiveMinimum exclusiveMaximum'),
  ...of('positive number', 'multipleOf'),
  ...of('boolean', 'uniqueItems deprecated readOnly writeOnly'),
  ...of('text', '$schema $id $comment title description format contentEncoding contentMediaType'),
  ...of('pattern', 'pattern'),
  ...of('reference', '$ref'),
  ...of('list', 'enum examples'),
  ...of('names', 'required'),
  ...of('names by name', 'dependentRequired'),
  ...of('types', 'type'),
  ...of('anything', 'const default'),
]);

function of(form: KeywordForm, names: string): readonly (readonly [string, KeywordForm])[] {
  return names.split(' ').map((name) => [name, form]);
}
