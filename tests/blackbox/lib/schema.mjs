// Checks a value against the part of JSON Schema that the API's OpenAPI document uses. Throws on a keyword it does not know.
const kTypes = {
  string: (value) => typeof value === 'string',
  number: (value) => typeof value === 'number',
  integer: Number.isInteger,
  boolean: (value) => typeof value === 'boolean',
  null: (value) => value === null,
  object: (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
  array: Array.isArray,
};
const kKnown = new Set(['$ref', 'type', 'properties', 'required', 'additionalProperties', 'items', 'enum', 'anyOf', 'description', 'minimum', 'maximum']);

/** Resolves "#/components/…" inside `document`. */
export function resolve(document, schema) {
  if (!schema.$ref) return schema;
  return schema.$ref.slice(2).split('/').reduce((at, name) => {
    if (!(name in at)) throw new Error(`dangling ${schema.$ref}`);
    return at[name];
  }, document);
}

/** What is wrong with `value`, as texts with paths; empty when it fits. */
export function mismatches(document, reference, value, path = '') {
  const schema = resolve(document, reference);
  const unknown = Object.keys(schema).filter((keyword) => !kKnown.has(keyword));
  if (unknown.length) throw new Error(`the validator does not know ${unknown}`);
  if (schema.anyOf) {
    const tries = schema.anyOf.map((one) => mismatches(document, one, value, path));
    return tries.some((found) => found.length === 0) ? [] : tries.flat();
  }
  const found = [];
  if (!kTypes[schema.type]) throw new Error(`${path}: no type`);
  if (!kTypes[schema.type](value)) return [`${path || 'the answer'}: ${JSON.stringify(value)} is no ${schema.type}`];
  if (schema.enum && !schema.enum.includes(value)) found.push(`${path}: ${JSON.stringify(value)} is none of ${schema.enum}`);
  if (schema.minimum !== undefined && value < schema.minimum) found.push(`${path}: below ${schema.minimum}`);
  if (schema.maximum !== undefined && value > schema.maximum) found.push(`${path}: above ${schema.maximum}`);
  if (schema.type === 'array') value.forEach((item, i) => found.push(...mismatches(document, schema.items, item, `${path}[${i}]`)));
  if (schema.type !== 'object') return found;
  for (const name of schema.required ?? []) if (!(name in value)) found.push(`${path}.${name} is missing`);
  for (const [name, item] of Object.entries(value)) {
    if (schema.properties?.[name]) found.push(...mismatches(document, schema.properties[name], item, `${path}.${name}`));
    else if (schema.additionalProperties === false) found.push(`${path}.${name} is not documented`);
    else if (schema.additionalProperties) found.push(...mismatches(document, schema.additionalProperties, item, `${path}.${name}`));
  }
  return found;
}
