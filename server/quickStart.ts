/**
 * Imported by what lives for seconds. V8 doubles the room for new objects each time that it has been cleared: loading a
 * program clears it eight times, a tenth of a second in all. In larger steps it is cleared twice.
 */
import { setFlagsFromString } from 'node:v8';

setFlagsFromString('--semi-space-growth-factor=16');
