/** The real TensorFlow, which refuses each operation that its build has no kernel for on a CUDA device. */
import { createRequire } from 'node:module';
import { join } from 'node:path';
import koffi from 'koffi';
import { tfjsNodeWithAddon } from '../../../server/engines/installed.ts';

const folder = tfjsNodeWithAddon();
const library = koffi.load(join(folder, 'deps', 'lib', 'libtensorflow_cc.so.2'));
const newStatus = library.func('void* TF_NewStatus()');
const registered = library.func('void* TF_GetRegisteredKernelsForOp(const char* name, void* status)');
const buffer = koffi.struct({ data: 'void*', length: 'size_t', deallocator: 'void*' });

/** Of a kernel's description (kernel_def.proto), the device type is field 2. */
function hasKernel(name) {
  const { data, length } = koffi.decode(registered(name, newStatus()), buffer);
  const kernels = Buffer.from(koffi.decode(data, koffi.array('uint8_t', Number(length), 'Typed')));
  return kernels.includes('\x12\x03GPU', 'latin1');
}

function refuseOthers() {
  const backend = createRequire(import.meta.url)(folder).backend();
  for (const method of ['executeSingleOutput', 'executeMultipleOutputs']) {
    const execute = backend[method].bind(backend);
    backend[method] = (name, ...rest) => {
      if (!hasKernel(name)) throw new Error(`${name} has no kernel for CUDA`);
      return execute(name, ...rest);
    };
  }
}

const on = process.on.bind(process);
process.on = (event, listener) =>
  on(event, (order, ...rest) => {
    if (event === 'message' && order.kind === 'epoch') refuseOthers();
    listener(order, ...rest);
  });
await import('../../../server/models/mlp/tensorWorker.ts');
