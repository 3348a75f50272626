import { expect, test, vi } from 'vitest';
import { saveMeasured } from '../../server/engines/measured.ts';
import { missingDevice } from '../../server/engines/missingDevice.ts';
import { temporaryFolder } from '../temporary.ts';

test('a device is missing where its files are, or where it did not work when it was measured', () => {
  vi.stubEnv('MODELWRIGHT_CACHE', temporaryFolder());
  vi.stubEnv('VK_ICD_FILENAMES', '/some/driver.json');
  const speed = { small: 0.01, large: 0.1 };
  // Only trying would tell.
  expect(missingDevice('webgpu')).toBeUndefined();
  saveMeasured(new Map([['webgpu', { device: '', reason: 'It has no adapter.' }]]));
  expect(missingDevice('webgpu')).toBe('It has no adapter.');
  saveMeasured(new Map([['webgpu', { device: 'A GPU', reason: 'It was measured.', speed }]]));
  expect(missingDevice('webgpu')).toBeUndefined();
  expect(missingDevice('auto')).toBeUndefined();
  expect(missingDevice('cpu')).toBeUndefined();
  vi.unstubAllEnvs();
});
