/** Loads an installed boosting library and asks it something, so that a broken one is told at once. */
import { ModelwrightError } from '../catalog/errors.ts';
import './libraryEnvironment.ts';
import { boostingLibrary } from './installed.ts';

/** @throws ModelwrightError install-failed */
export async function checkLibrary(library: 'lightgbm' | 'xgboost'): Promise<void> {
  const file = boostingLibrary(library) ?? '';
  try {
    const { default: koffi } = await import('koffi');
    const loaded = koffi.load(file);
    // Both answer with text, whatever was or was not done before.
    const ask = loaded.func(
      library === 'lightgbm' ? 'const char* LGBM_GetLastError()' : 'const char* XGBGetLastError()',
    );
    if (typeof ask() !== 'string') throw new Error('it does not answer');
  } catch (fault) {
    const reason = fault instanceof Error ? fault.message : String(fault);
    throw new ModelwrightError('install-failed', { library, command: 'the library', reason, log: file });
  }
}
