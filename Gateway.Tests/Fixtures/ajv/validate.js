// Reads {"schema": ..., "documents": {name: document}} from standard input and writes {name: [error, ...]}: what ajv says of each.
// Strict, so that a keyword that is misspelt or has no effect is an error and not passed over; only keys that must stand together are named
// apart from where they are described.
'use strict';
const Ajv = require('ajv');

let text = '';
process.stdin.setEncoding('utf8');
process.stdin.on('data', (part) => (text += part));
process.stdin.on('end', () => {
  const { schema, documents } = JSON.parse(text);
  const validate = new Ajv({ strict: true, strictTypes: true, allowUnionTypes: true, strictRequired: false, allErrors: true }).compile(schema);
  const said = {};
  for (const [name, document] of Object.entries(documents)) {
    said[name] = validate(document) ? [] : validate.errors.map((e) => `${e.instancePath} ${e.message}`);
  }
  process.stdout.write(JSON.stringify(said));
});
