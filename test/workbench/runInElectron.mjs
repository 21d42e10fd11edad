// Runs the suite inside the extension host of desktop VS Code, which @vscode/test-electron downloads.
// node test/workbench/runInElectron.mjs [release of VS Code]
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { runTests } from '@vscode/test-electron';
import { runSuite } from './suite.mjs';

process.exitCode = await runSuite('electron', async ({ extension, companion, tests, workspace }) => {
  // Short: macOS allows 103 characters for the socket that VS Code makes in it.
  const data = mkdtempSync(path.join(os.tmpdir(), 'spark-'));
  try {
    return await runTests({
      version: process.argv[2] ?? 'stable',
      extensionDevelopmentPath: [extension, companion],
      extensionTestsPath: tests,
      launchArgs: [
        workspace,
        '--disable-extensions',
        '--disable-workspace-trust',
        '--skip-welcome',
        '--skip-release-notes',
        ...['--user-data-dir', data],
        // Chromium refuses its sandbox to root, as in a container.
        ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
      ],
    });
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    return 1;
  } finally {
    rmSync(data, { recursive: true, force: true, maxRetries: 5 });
  }
});
