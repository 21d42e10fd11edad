/** What is accepted and what is refused, beyond the one example that each rule has. Sections are of RFC 9112. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bytesOf } from '../../../src/http/bytes.ts';
import { ParsedRequest } from '../../../src/http/request.ts';
import type { RuleId } from '../../../src/http/rules.ts';
import { byteByByte, parsed } from './parsing.ts';

const line = (target: string, method = 'GET') => `${method} ${target} HTTP/1.1\r\nHost: a\r\n\r\n`;
const host = (value: string) => `GET / HTTP/1.1\r\nHost: ${value}\r\n\r\n`;
const fields = (...lines: string[]) =>
  `POST / HTTP/1.1\r\nHost: a\r\n${lines.map((l) => `${l}\r\n`).join('')}\r\n`;
const chunks = (body: string) => `${fields('Transfer-Encoding: chunked')}${body}`;

/** `§` marks the offending byte; it is no part of the request. */
const refused: readonly (readonly [rule: RuleId, marked: string])[] = [
  // 2.2: octets, empty lines, line ends
  ['empty-lines', '\r\n\r\n\r\n\r\n§\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n'],
  ['bare-lf', '§\nGET / HTTP/1.1\r\nHost: a\r\n\r\n'],
  ['bare-cr', '§\rGET / HTTP/1.1\r\nHost: a\r\n\r\n'],
  ['method-syntax', '§ GET / HTTP/1.1\r\nHost: a\r\n\r\n'],
  ['method-syntax', '§\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03'],
  ['method-syntax', 'GET§\t/ HTTP/1.1\r\nHost: a\r\n\r\n'],
  ['method-syntax', 'GET§\r\n\r\n'],
  ['method-syntax', 'G§\xc3'],
  ['bare-lf', 'GET / HTTP/1.1\r\nHost: a§\n\r\n'],
  ['bare-lf', 'GET / HTTP/1.1\r\nHost: a\r\n§\n'],
  ['bare-lf', 'GET /§\nHost: a\r\n\r\n'],
  ['bare-lf', 'GET / HTTP/1§\n'],
  ['bare-lf', 'GET / HTTP/1.1\r\nHost§\n'],
  ['bare-cr', 'GET / HTTP/1.1§\rHost: a\r\n\r\n'],
  ['bare-cr', 'GET / HTTP/1.1\r\nHost: a\r\n§\rX: 1\r\n\r\n'],
  ['bare-cr', 'GET / HTTP/1.1\r\nHost: a\r\nX: a§\r\r\n\r\n'],
  // 3: the request line
  ['target-syntax', 'GET § /'],
  ['target-syntax', 'GET /a§\tb HTTP/1.1\r\nHost: a\r\n\r\n'],
  ['target-syntax', 'GET /§\xc3\xa4 HTTP/1.1\r\nHost: a\r\n\r\n'],
  ['target-syntax', 'GET /a§\0 HTTP/1.1\r\nHost: a\r\n\r\n'],
  ['target-syntax', 'GET /a§\x7f HTTP/1.1\r\nHost: a\r\n\r\n'],
  ['version-missing', 'GET / §\r\n\r\n'],
  ['version-syntax', 'GET / § HTTP/1.1\r\nHost: a\r\n\r\n'],
  ['version-syntax', 'GET /a §b HTTP/1.1\r\nHost: a\r\n\r\n'],
  ['version-syntax', 'GET / HTTP/1.1§ \r\nHost: a\r\n\r\n'],
  ['version-syntax', 'GET / HTTP/1.1§0\r\nHost: a\r\n\r\n'],
  ['version-syntax', 'GET / HTTP/1§,1\r\nHost: a\r\n\r\n'],
  ['version-syntax', 'GET / HTTP/§x.1\r\nHost: a\r\n\r\n'],
  ['version-syntax', 'GET / HTTP§ /1.1\r\nHost: a\r\n\r\n'],
  ['version-syntax', 'GET / §ICE/1.0\r\n\r\n'],
  ['version-not-supported', 'GET / HTTP/§0.9\r\n\r\n'],
  ['version-not-supported', 'GET / HTTP/§3.0\r\nHost: a\r\n\r\n'],
  ['version-not-supported', 'PRI * HTTP/§2.0\r\n\r\nSM\r\n\r\n'],
  // 3.2: the target
  ['target-form', line('§a:80')],
  ['target-form', line('§a')],
  ['target-form', line('§http:/a')],
  ['target-form', line('§http:')],
  ['target-form', line('§1http://a/')],
  ['target-form', line('§://a/')],
  ['target-form', line('§?q')],
  ['target-form', line('§**', 'OPTIONS')],
  ['target-form', line('§\\index.html')],
  ['target-scheme', line('§https://a/')],
  ['target-scheme', line('§x+y-1.0://a/')],
  ['target-host-empty', line('http://§')],
  ['target-host-empty', line('http://§:80/')],
  ['target-host-empty', line('http://§?q')],
  ['target-authority', line('http://a:b§@c/')],
  ['target-authority', line('http://a§,b/')],
  ['target-authority', line('http://a:8§x/')],
  ['target-authority', line('http://a:6553§6/')],
  ['target-authority', line('http://a:80§:80/')],
  ['target-authority', line('http://§[::1/')],
  ['target-authority', line('http://a§\\b/')],
  ['target-asterisk', line('§*', 'POST')],
  ['target-connect', line('a§/', 'CONNECT')],
  ['target-connect', line('§/', 'CONNECT')],
  ['target-connect', line('§a', 'CONNECT')],
  ['target-connect', line('a§:', 'CONNECT')],
  ['target-connect', line('a:1§/x', 'CONNECT')],
  ['target-connect', line('a:6553§6', 'CONNECT')],
  ['target-connect', line('http:§//a:1', 'CONNECT')],
  ['target-fragment', line('/a?b§#c')],
  ['target-percent-encoding', line('/a§%')],
  ['target-percent-encoding', line('/a§%4')],
  ['target-percent-encoding', line('/a§%4g?x')],
  ['target-percent-encoding', line('http://a/§%?x')],
  ['target-encoded-nul', line('/a§%00')],
  ['target-encoded-nul', line('/a/§%00/../b')],
  // 3.2: Host
  ['host-missing', 'GET http://a/ HTTP/1.1\r\n§\r\n'],
  ['host-missing', 'GET / HTTP/1.1\r\nHosts: a\r\n§\r\n'],
  ['host-repeated', 'GET / HTTP/1.1\r\nHost: a\r\nX: 1\r\n§host: a\r\n\r\n'],
  ['host-repeated', 'GET / HTTP/1.0\r\nHost: a\r\n§Host: b\r\n\r\n'],
  ['host-empty', host('§')],
  ['host-empty', host('\t §')],
  ['host-syntax', host('§:80')],
  ['host-syntax', host('me§@a')],
  ['host-syntax', host('a§,b')],
  ['host-syntax', host('a§ b')],
  ['host-syntax', host('a§/')],
  ['host-syntax', host('a:80§x')],
  ['host-syntax', host('a:§-1')],
  ['host-syntax', host('a:9999§9')],
  ['host-syntax', host('a:80§:80')],
  ['host-syntax', host('a§\\b')],
  ['host-syntax', host('a§"b')],
  ['host-syntax', host('a§<b>')],
  ['host-syntax', host('§\xe4')],
  ['host-syntax', host('a§%zz')],
  ['host-syntax', host('http:§//a/')],
  ['host-syntax', host('§[::1')],
  ['host-syntax', host('§[]')],
  ['host-syntax', host('§[:::]')],
  ['host-syntax', host('§[1:2:3:4:5:6:7:8:9]')],
  ['host-syntax', host('§[1:2:3:4:5:6:7]')],
  ['host-syntax', host('§[::12345]')],
  ['host-syntax', host('§[::1.2.3]')],
  ['host-syntax', host('§[::1.2.3.256]')],
  ['host-syntax', host('§[fe80::1%25eth0]')],
  ['host-syntax', host('§[localhost]')],
  ['host-syntax', host('[::1]§x')],
  ['host-syntax', 'GET http://a/ HTTP/1.1\r\nHost: a§/b\r\n\r\n'],
  ['host-syntax', 'GET / HTTP/1.0\r\nHost: a§/b\r\n\r\n'],
  // 5: field lines
  ['space-before-first-field', 'GET / HTTP/1.1\r\n§\tHost: a\r\n\r\n'],
  ['obs-fold', 'GET / HTTP/1.1\r\nHost: a\r\n§\tb\r\n\r\n'],
  ['obs-fold', 'GET / HTTP/1.1\r\nHost: a\r\n§ \r\n\r\n'],
  ['obs-fold', 'GET / HTTP/1.1\r\nHost: a\r\nX:\r\n§ Transfer-Encoding: chunked\r\n\r\n'],
  ['space-before-colon', fields('X§\t: 1')],
  ['space-before-colon', fields('Content-Length§ : 1')],
  ['space-before-colon', fields('Transfer-Encoding§ : chunked')],
  ['field-name-syntax', fields('X§\0: 1')],
  ['field-name-syntax', fields('X§\xe4: 1')],
  ['field-name-syntax', fields('X§/: 1')],
  ['field-name-syntax', fields('§"X": 1')],
  ['field-name-syntax', fields('§\x0bTransfer-Encoding: chunked')],
  ['field-name-empty', fields('§:')],
  ['field-colon-missing', fields('X§')],
  ['field-colon-missing', fields('X: 1', 'GET§')],
  ['field-value-control', fields('X: §\x01')],
  ['field-value-control', fields('X: a§\x7f')],
  ['field-value-control', fields('X: a§\x0bb')],
  ['field-value-control', fields('Transfer-Encoding: §\x0bchunked')],
  ['field-value-control', fields('X: §\x1b[31m')],
  // 6: framing
  ['content-length-syntax', fields('Content-Length: §')],
  ['content-length-syntax', fields('Content-Length: §+5')],
  ['content-length-syntax', fields('Content-Length: §-5')],
  ['content-length-syntax', fields('Content-Length: 0§x5')],
  ['content-length-syntax', fields('Content-Length: 5§ 5')],
  ['content-length-syntax', fields('Content-Length: 5§.0')],
  ['content-length-syntax', fields('Content-Length: 1§_0')],
  ['content-length-syntax', fields('Content-Length: §"5"')],
  ['content-length-syntax', fields('Content-Length: §\xb2')],
  ['content-length-repeated', fields('Content-Length: 5§, 5')],
  ['content-length-repeated', fields('Content-Length: 5§,6')],
  ['content-length-repeated', fields('Content-Length: §,5')],
  ['content-length-repeated', fields('Content-Length: 5', '§content-length: 6')],
  ['content-length-repeated', fields('Content-Length: 0', '§Content-Length: 5')],
  ['body-too-large', fields(`Content-Length: §${'9'.repeat(40)}`)],
  ['body-too-large', fields('Content-Length: §18446744073709551617')],
  ['body-too-large', fields('Content-Length: §4294967296')],
  ['content-length-with-transfer-encoding', fields('Transfer-Encoding: chunked', '§Content-Length: 5')],
  ['content-length-with-transfer-encoding', fields('Content-Length: 0', '§Transfer-Encoding: chunked')],
  ['content-length-with-transfer-encoding', fields('Content-Length: 5', '§Transfer-Encoding: identity')],
  ['content-length-with-transfer-encoding', fields('Content-Length: 5', '§Transfer-Encoding: , chunked')],
  ['content-length-with-transfer-encoding', fields('Content-Length: 5', '§tRANSFER-eNCODING: Chunked')],
  [
    'transfer-encoding-in-http-1.0',
    'POST / HTTP/1.0\r\n§Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n',
  ],
  ['transfer-encoding-syntax', fields('Transfer-Encoding:§')],
  ['transfer-encoding-syntax', fields('Transfer-Encoding: §, ,')],
  ['transfer-encoding-syntax', fields('Transfer-Encoding: §"chunked"')],
  ['transfer-encoding-syntax', fields('Transfer-Encoding: §;a=b, chunked')],
  ['transfer-encoding-syntax', fields('Transfer-Encoding: chunked§ x')],
  ['transfer-encoding-syntax', fields('Transfer-Encoding: chunked§[]')],
  ['chunked-not-final', fields('Transfer-Encoding: §identity')],
  ['chunked-not-final', fields('Transfer-Encoding: §gzip')],
  ['chunked-not-final', fields('Transfer-Encoding: §xchunked')],
  ['chunked-not-final', fields('Transfer-Encoding: §chunked-false')],
  ['chunked-not-final', fields('Transfer-Encoding: §chunk')],
  ['chunked-not-final', fields('Transfer-Encoding: chunked, §chunked')],
  ['chunked-not-final', fields('Transfer-Encoding: chunked', 'Transfer-Encoding: §chunked')],
  ['chunked-not-final', fields('Transfer-Encoding: chunked', 'Transfer-Encoding: §identity')],
  ['chunked-parameters', fields('Transfer-Encoding: chunked§ ;q=1')],
  ['transfer-coding-unknown', fields('Transfer-Encoding: §gzip', 'Transfer-Encoding: chunked')],
  ['transfer-coding-unknown', fields('Transfer-Encoding: §identity, chunked')],
  ['transfer-coding-unknown', fields('Transfer-Encoding: §x;a="b", gzip, chunked')],
  ['expectation-unknown', fields('Expect: 100-continue, §x')],
  ['expectation-unknown', fields('Expect: §100-continue;a')],
  // 7.1: chunks
  ['chunk-size-syntax', chunks('§\r\n')],
  ['chunk-size-syntax', chunks('§;a\r\n')],
  ['chunk-size-syntax', chunks('§ 5\r\n')],
  ['chunk-size-syntax', chunks('§-1\r\n')],
  ['chunk-size-syntax', chunks('§+1\r\n')],
  ['chunk-size-syntax', chunks('0§x5\r\n')],
  ['chunk-size-syntax', chunks('5§_0\r\n')],
  ['chunk-extension-syntax', chunks('5;§\r\n')],
  ['chunk-extension-syntax', chunks('5;a=§\r\n')],
  ['chunk-extension-syntax', chunks('5;a="b§\0"\r\n')],
  ['chunk-extension-syntax', chunks('5;a="b"§c\r\n')],
  ['chunk-extension-syntax', chunks('5;a="b§\r\n')],
  ['chunk-extension-syntax', chunks('5;a §b\r\n')],
  ['chunk-extension-syntax', chunks('5\t§\r\n')],
  ['bare-lf', chunks('5§\nhello\r\n')],
  ['bare-lf', chunks('5;a§\nhello\r\n')],
  ['bare-cr', chunks('5§\rhello\r\n')],
  ['bare-cr', chunks('5;a§\rb\r\n')],
  ['chunk-end', chunks('5\r\nhello§\n0\r\n\r\n')],
  ['chunk-end', chunks('5\r\nhello\r§0\r\n\r\n')],
  ['chunk-end', chunks('5\r\nhello§!\r\n0\r\n\r\n')],
  ['body-too-large', chunks('ffffff§fffffffffffffffffff\r\n')],
  ['body-too-large', chunks('000000000000000000001000000§0000000000\r\n')],
  // 7.1.2: trailers
  ['space-before-first-field', chunks('0\r\n§ X: 1\r\n\r\n')],
  ['obs-fold', chunks('0\r\nX: 1\r\n§ 2\r\n\r\n')],
  ['bare-lf', chunks('0\r\n§\n')],
  ['bare-cr', chunks('0\r\n§\rX')],
  ['field-value-control', chunks('0\r\nX: §\0\r\n\r\n')],
];

for (const [rule, marked] of refused) {
  const offset = marked.indexOf('§');
  const request = marked.replace('§', '');
  test(`${rule}: ${JSON.stringify(marked)}`, () => {
    for (const pieces of [[bytesOf(request)], byteByByte(request)]) {
      assert.deepEqual(parsed('request', pieces).violation, { rule, offset });
    }
  });
}

/** What the body's end, form, host, path and query of a request are. */
const accepted: readonly (readonly [request: string, expected: Readonly<Record<string, unknown>>])[] = [
  // 2.2: empty lines before the request line are ignored
  ['\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n', { method: 'GET', path: '/' }],
  // 2.5 of RFC 9110: a higher minor version is treated like 1.1
  ['GET / HTTP/1.9\r\nHost: a\r\n\r\n', { minorVersion: 9 }],
  ['GET / HTTP/1.0\r\n\r\n', { minorVersion: 0, host: '' }],
  // 3: any token is a method; the case counts
  [line('/', "get!#$%&'*+-.^_`|~09"), { method: "get!#$%&'*+-.^_`|~09" }],
  // 3.2: the four forms
  [line('/a/b?c?d/e'), { form: 'origin', path: '/a/b', query: 'c?d/e' }],
  [line('//a/../b'), { form: 'origin', path: '//a/../b', query: null }],
  [line('/?'), { path: '/', query: '' }],
  [line('/a?100%&x=%zz'), { query: '100%&x=%zz' }],
  [line('/%41%7e|^{}"<>`\\'), { path: '/%41%7e|^{}"<>`\\' }],
  [line('HTTP://B:8080/x?y'), { form: 'absolute', host: 'b', path: '/x', query: 'y' }],
  [line('http://b'), { form: 'absolute', host: 'b', path: '/' }],
  [line('http://b:'), { host: 'b' }],
  [line('http://b?q'), { host: 'b', path: '/', query: 'q' }],
  [line('http://[2001:db8::1]:80/'), { host: '[2001:db8::1]' }],
  [line('a:443', 'CONNECT'), { form: 'authority', host: 'a', path: '' }],
  [line('[::1]:443', 'CONNECT'), { form: 'authority', host: '[::1]' }],
  [line('*', 'OPTIONS'), { form: 'asterisk', path: '*' }],
  // 3.2: Host
  [host('EXAMPLE.com:80'), { host: 'example.com' }],
  [host('a:'), { host: 'a' }],
  [host('a%20b'), { host: 'a%20b' }],
  [host("!$&'()*+;=-._~"), { host: "!$&'()*+;=-._~" }],
  [host('[::]'), { host: '[::]' }],
  [host('[::ffff:1.2.3.4]:1'), { host: '[::ffff:1.2.3.4]' }],
  [host('[1:2:3:4:5:6:7:8]'), { host: '[1:2:3:4:5:6:7:8]' }],
  [host('[1:2:3:4:5:6:1.2.3.4]'), { host: '[1:2:3:4:5:6:1.2.3.4]' }],
  [host('[v1.x:y]'), { host: '[v1.x:y]' }],
  [host('\t a \t'), { host: 'a' }],
  // 5: values are octets, without the white space around them
  [fields('X: \xe4\xff\t b  '), { 'field:x': '\xe4\xff\t b' }],
  [fields('X:1', 'x:', 'X: 3'), { 'field:x': '1, , 3' }],
  [fields('X-Y_Z|~: 1'), { 'field:x-y_z|~': '1' }],
  // 6: where the body ends
  [`${fields('Content-Length: 005')}hello`, { hasBody: true, complete: true }],
  [`${fields('Content-Length: \t3 ')}abc`, { hasBody: true, complete: true }],
  [fields('Content-Length: 0'), { hasBody: false, complete: true }],
  [fields('Content-Length: 00000000000000000000000000000000000000'), { complete: true }],
  [`${fields('Content-Length: 5')}hell`, { hasBody: true, complete: false }],
  [fields(), { hasBody: false, complete: true }],
  [`${fields('Transfer-Encoding: Chunked')}0\r\n\r\n`, { hasBody: true, complete: true }],
  [`${fields('Transfer-Encoding: , chunked ,\t,')}0\r\n\r\n`, { complete: true }],
  [fields('TE: trailers', 'Upgrade: h2c', 'Connection: TE, Upgrade'), { complete: true }],
  // 7.1: chunks
  [chunks('5\r\nhello\r\n0\r\n\r\n'), { complete: true }],
  [chunks('000005\r\nhello\r\n000\r\n\r\n'), { complete: true }],
  [chunks(`aA\r\n${'x'.repeat(170)}\r\n0\r\n\r\n`), { complete: true }],
  [chunks('5 \t;\ta\t=\tb ; c ; d = "e\\"\\\\\t;\xe4"\r\nhello\r\n0;x\r\n\r\n'), { complete: true }],
  [chunks('0\r\nHost: b\r\nContent-Length: 9\r\nX:\r\n\r\n'), { complete: true, host: 'a' }],
  [chunks('5\r\nhello\r\n'), { complete: false }],
];

for (const [request, expected] of accepted) {
  test(`accepted: ${JSON.stringify(request)}`, () => {
    for (const pieces of [[bytesOf(request)], byteByByte(request)]) {
      const parser = parsed('request', pieces);
      assert.equal(parser.violation, null);
      const { head } = parser;
      const view = new ParsedRequest(head, parser.framing.kind !== 'none');
      for (const [name, value] of Object.entries(expected)) {
        if (name === 'complete') assert.equal(parser.complete, value);
        else if (name.startsWith('field:')) assert.equal(view.field(name.slice(6)), value);
        else assert.equal(view[name as keyof ParsedRequest], value, name);
      }
    }
  });
}
