import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { networkAddresses } from '../../../src/extension/networkAddresses.ts';
import {
  browserCall,
  browserDebugging,
  integratedBrowserCommand,
  type OpenIn,
  pageKindOf,
  wayToOpen,
} from '../../../src/extension/pageOpening.ts';
import { qrCodeSvg } from '../../../src/extension/qrCode.ts';

const desktop = [integratedBrowserCommand, 'simpleBrowser.show'];

describe('where a page is shown', () => {
  const cases: [wanted: Parameters<typeof wayToOpen>[0], file: string, commands: string[], way: OpenIn][] = [
    ['panel', 'a.html', desktop, 'panel'],
    ['integratedBrowser', 'a.html', desktop, 'integratedBrowser'],
    ['integratedBrowser', 'a.html', [], 'panel'],
    ['externalBrowser', 'a.svg', desktop, 'externalBrowser'],
    ['debugger', 'a.html', [], 'debugger'],
    ['panel', 'a.PDF', desktop, 'integratedBrowser'],
    ['panel', 'a.pdf', [], 'externalBrowser'],
    ['externalBrowser', 'a.pdf', desktop, 'externalBrowser'],
    ['panel', 'README.md', desktop, 'panel'],
  ];
  for (const [wanted, file, commands, way] of cases) {
    test(`${file} in ${wanted}, ${commands.length === 0 ? 'without' : 'with'} an integrated browser: ${way}`, () => {
      assert.equal(wayToOpen(wanted, pageKindOf(file), commands), way);
    });
  }
});

describe('a browser', () => {
  const url = "http://127.0.0.1:5500/it's.html?a=1&b=2";

  test('is started by its name, or as a program; the default one is not', () => {
    assert.equal(browserCall('default', url, 'linux'), null);
    assert.deepEqual(browserCall('firefox', url, 'linux'), { program: 'firefox', args: [url] });
    assert.deepEqual(browserCall('edge', url, 'darwin'), {
      program: 'open',
      args: ['-a', 'Microsoft Edge', url],
    });
    assert.deepEqual(browserCall('/opt/my browser', url, 'darwin'), {
      program: '/opt/my browser',
      args: [url],
    });
    assert.deepEqual(browserCall('constructor', url, 'linux'), { program: 'constructor', args: [url] });
  });

  test('on Windows: what is in an address is no code', () => {
    const call = browserCall('chrome', `${url}"; calc`, 'win32');
    assert.equal(
      call?.args.at(-1),
      `Start-Process chrome '"http://127.0.0.1:5500/it''s.html?a=1&b=2%22; calc"'`,
    );
  });

  test('is debugged by VS Code', () => {
    assert.deepEqual(browserDebugging('/usr/bin/chromium', 'Page', url, '/site', true), {
      type: 'chrome',
      request: 'launch',
      name: 'Page',
      url,
      webRoot: '/site',
      runtimeExecutable: '/usr/bin/chromium',
      browserLaunchLocation: 'workspace',
    });
    assert.equal(browserDebugging('edge', 'Page', url, '/site', false).type, 'msedge');
  });
});

test('the addresses of this machine in its networks', () => {
  const one = { netmask: '', mac: '', cidr: null } as const;
  assert.deepEqual(
    networkAddresses({
      lo: [{ ...one, family: 'IPv4', address: '127.0.0.1', internal: true }],
      wlan: [
        { ...one, family: 'IPv4', address: '192.168.1.7', internal: false },
        { ...one, family: 'IPv6', address: 'fe80::1', internal: false, scopeid: 2 },
      ],
      unconfigured: [{ ...one, family: 'IPv4', address: '169.254.3.4', internal: false }],
      gone: undefined,
    }),
    ['192.168.1.7'],
  );
});

test('a QR code has a quiet zone around it, and a label', () => {
  const svg = qrCodeSvg('http://192.168.1.7:5500/', 'QR code');
  const size = Number(/viewBox="0 0 (\d+) /.exec(svg)?.[1]);
  // The versions of the code have 21, 25, 29 ... modules (ISO/IEC 18004).
  assert.equal((size - 8 - 21) % 4, 0);
  const columns = [...svg.matchAll(/M(\d+) (\d+)h1/g)].flatMap(([, x, y]) => [Number(x), Number(y)]);
  assert.equal(Math.min(...columns), 4);
  assert.equal(Math.max(...columns), size - 5);
  assert.match(svg, /role="img" aria-label="QR code"/);
});
