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
}

const tensorflowMembers = [
  'tensorflow/include/',
  'tensorflow/libtensorflow_cc.so.2',
  'tensorflow/libtensorflow_framework.so.2',
];

// biome-ignore format: a row a line reads as a table.
const wheels = {
  'tensorflow-cpu': { name: 'tensorflow-cpu', version: '2.21.0', sha256: '05af7c26d35f4de910b5598c7b507e3981831a7b0f47fed9a405d995d51d7793', downloadMegabytes: 274, diskMegabytes: 1_100, members: tensorflowMembers },
  'tensorflow-cuda': { name: 'tensorflow', version: '2.21.0', sha256: 'e9d8da8dcab9650efb45f032ba70af2f016f907e6e0c6bda29dd101bba945406', downloadMegabytes: 573, diskMegabytes: 1_660, members: tensorflowMembers },
  lightgbm: { name: 'lightgbm', version: '4.7.0', sha256: 'd23e922acd891e77212e4d0fbcee9ba973c96dee479491341d05ba595357ebb7', downloadMegabytes: 4, diskMegabytes: 12, members: ['lightgbm/lib/lib_lightgbm.so'] },
  xgboost: { name: 'xgboost', version: '3.2.0', sha256: '99b4a6bbcb47212fec5cf5fbe12347215f073c08967431b0122cfbd1ee70312c', downloadMegabytes: 132, diskMegabytes: 250, members: ['xgboost/lib/libxgboost.so', 'xgboost.libs/'] },
} as const satisfies Record<string, Wheel>;

/**
 * CUDA 12 and cuDNN 9, as `tensorflow[and-cuda]` 2.21 asks for them: the newest of those, which know the newest cards and
 * run on drivers from 525 on.
 */
// biome-ignore format: a row a line reads as a table.
const cuda = [
  cudaWheel('cublas', '12.9.3.13', 581, 856, 'd7d51055f161b317c7105ddaae90e71eda059026074ffef93cf7cde2886bfe72'),
  cudaWheel('cuda-cupti', '12.9.79', 11, 45, '096bcf334f13e1984ba36685ad4c1d6347db214de03dbb6eebb237b41d9d934f'),
  cudaWheel('cuda-nvcc', '12.9.86', 41, 99, '5d6a0d32fdc7ea39917c20065614ae93add6f577d840233237ff08e9a38f58f0'),
  cudaWheel('cuda-nvrtc', '12.9.86', 90, 227, '210cf05005a447e29214e9ce50851e83fc5f4358df8b453155d5e1918094dcb4'),
  cudaWheel('cuda-runtime', '12.9.79', 3, 10, '25bba2dfb01d48a9b59ca474a1ac43c6ebf7011f1b0b8cc44f54eb6ac48a96c3'),
  cudaWheel('cudnn', '9.28.0.42', 717, 1_164, '9ff58b7f36dacd0a93e89f8f2957b52466889217963701daa15e577317cfa375'),
  cudaWheel('cufft', '11.4.1.4', 201, 294, 'c67884f2a7d276b4b80eb56a79322a95df592ae5e765cf1243693365ccab4e28'),
  cudaWheel('curand', '10.3.10.19', 68, 169, '49b274db4780d421bd2ccd362e1415c13887c53c214f0d4b761752b8f9f6aa1e'),
  cudaWheel('cusolver', '11.7.5.82', 338, 495, '15da72d1340d29b5b3cf3fd100e3cd53421dde36002eda6ed93811af63c40d88'),
  cudaWheel('cusparse', '12.5.10.65', 366, 487, '73060ce019ac064a057267c585bf1fd5a353734151f87472ff02b2c5c9984e78'),
  cudaWheel('nccl', '2.32.3', 352, 491, 'bb94b2348e4861d5e8aa00b36c3d12d9bdf9c6369b82cbb723de0b582280a21c'),
  cudaWheel('nvjitlink', '12.9.86', 40, 96, 'e3f1171dbdc83c5932a45f0f4c99180a70de9bd2718c1ab77d14104f6d7147f9'),
];

function cudaWheel(
  part: string,
  version: string,
  downloadMegabytes: number,
  diskMegabytes: number,
  sha256: string,
): Wheel {
  const members = [`nvidia/${part.replaceAll('-', '_')}/`];
  return { name: `nvidia-${part}-cu12`, version, sha256, downloadMegabytes, diskMegabytes, members };
}

/** The library's own wheel first. TensorFlow comes with CUDA where there is an NVIDIA GPU; its driver is the system's. */
export function wheelsFor(library: Library, hasNvidia: boolean): readonly [Wheel, ...Wheel[]] {
  if (library !== 'tensorflow') return [wheels[library]];
  return hasNvidia ? [wheels['tensorflow-cuda'], ...cuda] : [wheels['tensorflow-cpu']];
}
