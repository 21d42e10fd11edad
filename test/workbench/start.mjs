// npm start [-- folder] [--open | --no-open]: Spark at work in a VS Code, on the example site or any folder.
// Runs in a clean clone: only Node's own modules until the others are installed.
import { spawn } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { project } from '../project.mjs';
import { CodeServer, calm, installExtension } from './codeServer.mjs';
import { installDependencies, packageExtension } from './dependencies.mjs';
import { findDesktop, hasDisplay, startDesktop } from './desktop.mjs';
import { installCodeServer } from './install.mjs';
import { endPrograms, npm, run } from './program.mjs';

const usage = 'npm start [-- folder] [--open | --no-open]';
const temporary = mkdtempSync(path.join(os.tmpdir(), 'spark-start-'));
/** @type {(() => unknown)[]} */
const cleaning = [endPrograms, () => rmSync(temporary, { recursive: true, force: true })];

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.once(signal, () => end(0));
main().catch((error) => {
  console.error(error instanceof Error ? error.message : error);
  return end(1);
});

async function main() {
  const { folder, open } = readArguments();
  await installDependencies();
  const site = folder ?? copyOfExampleSite();
  const page = path.join(site, 'index.html');
  const toOpen = existsSync(page) ? [site, page] : [site];

  const desktop = hasDisplay() ? (findDesktop() ?? (await downloadDesktop())) : undefined;
  if (desktop === undefined) await showInBrowser(site, open);
  else await showOnDesktop(desktop, toOpen);
  await end(0);
}

function readArguments() {
  try {
    const { values, positionals } = parseArgs({
      options: { open: { type: 'boolean' }, 'no-open': { type: 'boolean' } },
      allowPositionals: true,
    });
    const [folder, ...rest] = positionals.map((argument) => path.resolve(argument));
    if (rest.length > 0) throw new Error('One folder, please.');
    if (folder !== undefined && !statSync(folder, { throwIfNoEntry: false })?.isDirectory()) {
      throw new Error(`${folder} is not a folder.`);
    }
    return { folder, open: values.open ?? (values['no-open'] ? false : hasDisplay()) };
  } catch (error) {
    throw new Error(`${error instanceof Error ? error.message : error}\nUsage: ${usage}`);
  }
}

/** A copy, so that what is tried out on it leaves the project as it is. */
function copyOfExampleSite() {
  const copy = path.join(temporary, 'example-site');
  cpSync(path.join(project, 'test/fixtures/example-site'), copy, { recursive: true });
  return copy;
}

async function downloadDesktop() {
  console.log('There is no VS Code on this machine: downloading one into .vscode-test ...');
  const { downloadAndUnzipVSCode } = await import('@vscode/test-electron');
  try {
    return await downloadAndUnzipVSCode();
  } catch (error) {
    console.log(`That did not work: ${error instanceof Error ? error.message : error}`);
    return undefined;
  }
}

/**
 * @param {string} program
 * @param {readonly string[]} toOpen
 */
async function showOnDesktop(program, toOpen) {
  await run('Building the extension', npm, ['run', 'build'], { cwd: project });
  console.log(`Opening ${program} ...`);
  const { ended, stop } = startDesktop(program, toOpen, calm);
  cleaning.unshift(stop);
  console.log(`${whatToDo}\nClose the window or press Ctrl-C here to end it.`);
  await ended;
}

/**
 * @param {string} site
 * @param {boolean} open
 */
async function showInBrowser(site, open) {
  const installed = await installCodeServer('newest');
  const extensions = path.join(temporary, 'extensions');
  await installExtension(installed, await packageExtension(), extensions);
  console.log('Starting the workbench ...');
  const server = await CodeServer.start(installed, { extensions });
  cleaning.unshift(() => server.stop());
  const address = server.addressOf(site);
  console.log(
    `\nVS Code ${installed.release} with Spark is ready. Open this address in a browser:\n\n  ${address}\n`,
  );
  console.log(`${whatToDo}\nPress Ctrl-C here to end it.`);
  if (open) openAddress(address);
  await server.ended;
}

const whatToDo = 'In it, press F1 and choose "Spark: Start Server", or "Spark: Preview" in an HTML file.';

/** @param {string} address */
function openAddress(address) {
  /** @type {[string, string[]]} */
  const [command, args] =
    process.platform === 'darwin'
      ? ['open', [address]]
      : process.platform === 'win32'
        ? ['rundll32', ['url.dll,FileProtocolHandler', address]]
        : ['xdg-open', [address]];
  spawn(command, args, { stdio: 'ignore' }).once('error', () => {
    console.log(`There is no ${command} here: open the address yourself.`);
  });
}

let ending = false;

/**
 * Ends what was started, removes what was made, and exits.
 *
 * @param {number} code
 */
async function end(code) {
  if (ending) return;
  ending = true;
  for (const clean of cleaning) await clean();
  process.exit(code);
}
