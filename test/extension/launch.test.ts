import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));

function read(file: string) {
  return JSON.parse(readFileSync(join(root, file), 'utf8'));
}

test('F5 builds, then opens the examples with the extension of this folder', () => {
  const { configurations } = read('.vscode/launch.json');
  expect(configurations).toHaveLength(1);
  const [{ type, args, preLaunchTask }] = configurations;
  expect(type).toBe('extensionHost');
  const [extension, folder] = args.map((arg: string) => arg.replace(/\$\{workspaceFolder\}/, root));
  expect(extension).toBe(`--extensionDevelopmentPath=${root}`);
  expect(existsSync(join(folder, 'flights.experiment.yaml'))).toBe(true);

  const task = read('.vscode/tasks.json').tasks.find(
    ({ label }: { label: string }) => label === preLaunchTask,
  );
  const { scripts, main } = read('package.json');
  expect(scripts[task.script]).toBeDefined();
  // What the build makes is what VS Code loads.
  expect(existsSync(join(root, main))).toBe(true);
});
