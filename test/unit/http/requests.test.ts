import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bytesOf } from '../../../src/http/bytes.ts';
import { ParsedRequest } from '../../../src/http/request.ts';
import { byteByByte, parsed } from './parsing.ts';
import { acceptedRequests, refusedRequests } from './requestCases.ts';

for (const [rule, marked] of refusedRequests) {
  const offset = marked.indexOf('§');
  const request = marked.replace('§', '');
  test(`${rule}: ${JSON.stringify(marked)}`, () => {
    for (const pieces of [[bytesOf(request)], byteByByte(request)]) {
      assert.deepEqual(parsed('request', pieces).violation, { rule, offset });
    }
  });
}

for (const [request, expected] of acceptedRequests) {
  test(`accepted: ${JSON.stringify(request)}`, () => {
    for (const pieces of [[bytesOf(request)], byteByByte(request)]) {
      const parser = parsed('request', pieces);
      assert.equal(parser.violation, null);
      const { head } = parser;
      const view = new ParsedRequest(head).renew(parser.framing.kind !== 'none');
      for (const [name, value] of Object.entries(expected)) {
        if (name === 'complete') assert.equal(parser.complete, value);
        else if (name.startsWith('field:')) assert.equal(view.field(name.slice(6)), value);
        else assert.equal(view[name as keyof ParsedRequest], value, name);
      }
    }
  });
}
