import { expect, test } from 'vitest';
import {
  chooseEngine,
  type EngineSpeed,
  probeOperations,
  secondsOfStep,
} from '../../server/engines/choose.ts';

const wasm: EngineSpeed = { small: 0.001, large: 0.1 };
const gpu: EngineSpeed = { small: 0.003, large: 0.004 };
const speeds = new Map([
  ['wasm', wasm],
  ['webgpu', gpu],
] as const);
const candidates = ['webgpu', 'wasm', 'cpu'] as const;

test('a small network goes to the processor, a large one to the GPU, by what was measured', () => {
  const small = chooseEngine(candidates, speeds, probeOperations.small);
  expect(small.order).toEqual(['wasm', 'webgpu', 'cpu']);
  expect(small.reason).toBe('WebAssembly is the fastest as measured here: 1 ms a step, WebGPU 3 ms.');
  const large = chooseEngine(candidates, speeds, probeOperations.large);
  expect(large.order).toEqual(['webgpu', 'wasm', 'cpu']);
  expect(large.reason).toBe('WebGPU is the fastest as measured here: 4 ms a step, WebAssembly 100 ms.');
});

test('a step costs what was measured at both sizes, and grows with its operations', () => {
  expect(secondsOfStep(wasm, probeOperations.small)).toBeCloseTo(0.001, 9);
  expect(secondsOfStep(wasm, probeOperations.large)).toBeCloseTo(0.1, 9);
  const costs = [1e6, 1e8, 1e9, 4e9].map((operations) => secondsOfStep(wasm, operations));
  expect(costs).toEqual([...costs].sort((a, b) => a - b));
  expect(costs[3]).toBeCloseTo(0.2, 9);
});

test('where nothing was measured the only fast engine is told as that', () => {
  const { order, reason } = chooseEngine(['wasm', 'cpu'], new Map(), 1e9);
  expect(order).toEqual(['wasm', 'cpu']);
  expect(reason).toBe('WebAssembly is the only fast engine that works here.');
});
