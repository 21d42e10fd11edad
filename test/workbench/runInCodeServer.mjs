// Runs the suite inside the extension host of a VS Code from npm.
// node test/workbench/runInCodeServer.mjs [newest|oldest] [words of which a test's file must contain one]
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { format } from 'node:util';
import { chromium } from 'playwright-core';
import { project } from '../project.mjs';
import { chromiumFlags, findChromium } from './chromium.mjs';
import { CodeServer } from './codeServer.mjs';
import { installCodeServer } from './install.mjs';
import { runSuite } from './suite.mjs';

const name = process.argv[2] === 'oldest' ? 'oldest' : 'newest';
/** The suite takes seconds; a workbench that has not come to its end by now never will. */
const patience = 300_000;

// So that the workbench does not outlive a run that is broken off.
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => process.exit(1));

const executablePath = await findChromium();
// The suite has VS Code's browser debugger start it.
process.env.CHROMIUM_PATH = executablePath;
const installed = await installCodeServer(name);
const stage = name === 'newest' ? 'workbench' : 'oldest';
const words = process.argv.slice(2).filter((word) => word !== 'newest' && word !== 'oldest');
const run = async (
  /** @type {{ extension: string, companion: string, tests: string, workspace: string }} */ paths,
) => {
  console.log(`Running the suite inside VS Code ${installed.release} ...`);
  // The workbench finds on its own what lies there at its first start.
  const extensions = path.dirname(paths.companion);
  const server = await CodeServer.start(installed, { runsSuite: true, extensions });
  const browser = await chromium.launch({ executablePath, args: chromiumFlags });
  try {
    const page = await browser.newPage();
    const tested = { extensionDevelopmentPath: paths.extension, extensionTestsPath: paths.tests };
    const { code, log } = await exitOf(page, server.addressOf(paths.workspace, tested));
    if (code !== 0) keepLog(log);
    return code;
  } finally {
    await browser.close();
    await server.stop();
  }
};
process.exitCode = await runSuite(stage, run, words);

/** @param {readonly string[]} log what the workbench and the extension host wrote to their consoles */
function keepLog(log) {
  const file = path.join(project, 'out/results', `${stage}.log`);
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, log.join('\n'));
  console.log(`The workbench's own words are in ${path.relative(project, file)}.`);
}

/**
 * Opens an address and waits for the suite's end. The page reports through two functions that it looks for in its
 * window, as VS Code's own suite for browsers has it (microsoft/vscode, test/integration/browser).
 *
 * @param {import('playwright-core').Page} page
 * @param {string} address
 * @returns {Promise<{ code: number, log: string[] }>}
 */
function exitOf(page, address) {
  return new Promise((resolve, reject) => {
    /** @type {string[]} */
    const log = [];
    const tired = setTimeout(() => {
      console.error(`The suite has not ended after ${patience / 1000} s.`);
      resolve({ code: 1, log });
    }, patience);
    const exit = (/** @type {number} */ code) => {
      clearTimeout(tired);
      resolve({ code, log });
    };
    const take = (/** @type {'log'} */ _type, /** @type {unknown[]} */ args) => log.push(format(...args));
    page
      .exposeFunction('codeAutomationLog', take)
      .then(() => page.exposeFunction('codeAutomationExit', exit))
      .then(() => page.goto(address))
      .catch(reject);
  });
}
