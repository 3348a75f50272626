/** What this machine can do, and why: engines, versions, disk and file system, as `doctor` and the editor show it. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { detectOtherEngines } from '../engines/detect.ts';
import { chooseForShow, measureEngines } from '../models/mlp/engines.ts';
import type { Diagnosis } from '../protocol/doctor.ts';
import { freeBytes, networkKind } from '../store/fileSystem.ts';
import { threads } from './runRows.ts';

/** `again`: engines are measured anew. Loads each optional engine in a process of its own; takes some seconds then. */
export async function diagnose(workspace: string, again = false): Promise<Diagnosis> {
  const measured = await measureEngines(threads, { only: 'auto', again });
  const { order, reason } = chooseForShow(measured);
  return {
    engines: [...measured.reports, ...detectOtherEngines()],
    chosen: order[0] ?? 'none',
    reason,
    machine: describeMachine(workspace),
  };
}

function describeMachine(workspace: string): Diagnosis['machine'] {
  return {
    node: process.version,
    platform: `${process.platform} ${process.arch}`,
    threads: navigator.hardwareConcurrency,
    glibc: glibcVersion(),
    duckdb: versionOf('@duckdb/node-bindings'),
    sqlite: versionOf('better-sqlite3'),
    onnxRuntime: versionOf('onnxruntime-node'),
    workspace,
    freeBytes: freeBytes(workspace),
    network: networkKind(workspace) ?? null,
  };
}

function glibcVersion(): string | null {
  // Node's report has it, on Linux alone.
  const report = process.report.getReport() as { header?: { glibcVersionRuntime?: string } };
  return report.header?.glibcVersionRuntime ?? null;
}

/** Of a native package, as installed; packages that export no package.json are found by their entry. */
function versionOf(name: string): string | null {
  const { resolve } = createRequire(import.meta.url);
  try {
    let folder = dirname(resolve(name));
    while (folder !== dirname(folder)) {
      const manifest = readManifest(join(folder, 'package.json'));
      if (manifest?.name === name) return manifest.version ?? null;
      folder = dirname(folder);
    }
  } catch {
    // Not installed.
  }
  return null;
}

function readManifest(file: string): { name?: string; version?: string } | undefined {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return undefined;
  }
}
