/** The wheels that `engine install` takes libraries from: versions and checksums are pinned, sizes are told beforehand. */
import type { Library } from './installed.ts';

export interface Wheel {
  readonly name: string;
  readonly version: string;
  /** Of the file for Linux x64, as the Python package index publishes it. */
  readonly sha256: string;
  readonly downloadMegabytes: number;
  readonly diskMegabytes: number;
  /** What is taken out of it; a folder ends with `/`. */
  readonly members: readonly string[];
  /** What it is asked for besides Python. */
  readonly needs: readonly string[];
}

const tensorflowMembers = [
  'tensorflow/include/',
  'tensorflow/libtensorflow_cc.so.2',
  'tensorflow/libtensorflow_framework.so.2',
];

// biome-ignore format: a row a line reads as a table.
const wheels = {
  'tensorflow-cpu': { name: 'tensorflow-cpu', version: '2.21.0', sha256: '05af7c26d35f4de910b5598c7b507e3981831a7b0f47fed9a405d995d51d7793', downloadMegabytes: 274, diskMegabytes: 1_100, members: tensorflowMembers, needs: ['g++', 'make', 'npm'] },
  'tensorflow-cuda': { name: 'tensorflow', version: '2.21.0', sha256: 'e9d8da8dcab9650efb45f032ba70af2f016f907e6e0c6bda29dd101bba945406', downloadMegabytes: 600, diskMegabytes: 2_000, members: tensorflowMembers, needs: ['g++', 'make', 'npm'] },
  lightgbm: { name: 'lightgbm', version: '4.7.0', sha256: 'd23e922acd891e77212e4d0fbcee9ba973c96dee479491341d05ba595357ebb7', downloadMegabytes: 4, diskMegabytes: 12, members: ['lightgbm/lib/lib_lightgbm.so'], needs: [] },
  xgboost: { name: 'xgboost', version: '3.2.0', sha256: '99b4a6bbcb47212fec5cf5fbe12347215f073c08967431b0122cfbd1ee70312c', downloadMegabytes: 132, diskMegabytes: 250, members: ['xgboost/lib/libxgboost.so', 'xgboost.libs/'], needs: [] },
} as const satisfies Record<string, Wheel>;

/** TensorFlow comes with CUDA where there is an NVIDIA card; CUDA itself is the system's. */
export function wheelFor(library: Library, hasNvidia: boolean): Wheel {
  if (library !== 'tensorflow') return wheels[library];
  return hasNvidia ? wheels['tensorflow-cuda'] : wheels['tensorflow-cpu'];
}
