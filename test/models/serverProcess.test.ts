import { after, afterEach, before } from 'node:test';
import { Programs } from '../unit/server/child.ts';
import { describeServerProcess } from '../unit/server/serverProcess.ts';
import { variants } from './variants.ts';

let programs: Programs;

before(async () => {
  programs = await Programs.bundle();
});
afterEach(() => programs.killAll());
after(() => programs.dispose());

for (const { name, settings } of variants) describeServerProcess(name, settings, () => programs);
