/**
 * What native libraries read of their environment when they load, in whichever thread: so it is set by the process that
 * starts one, before it does.
 */

// Spinning threads on a busy small machine turn seconds into minutes.
process.env['OMP_WAIT_POLICY'] ??= 'passive';
// ONNX Runtime's packages report what they run to their makers unless told not to (microsoft/onnxruntime, pull request 27379).
process.env['ORT_DISABLE_TELEMETRY'] = '1';
