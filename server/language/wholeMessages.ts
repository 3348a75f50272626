/** Messages of the language server on their way to an editor: each in one piece, so that nobody is woken for its length alone. */
import { Writable } from 'node:stream';

/** The protocol's library writes the head of a message and its body apart; `output` gets both at once. */
export function wholeMessages(output: NodeJS.WritableStream): Writable {
  let head = '';
  const whole = new Writable({
    decodeStrings: false,
    write(chunk: string | Uint8Array, _, done) {
      if (typeof chunk === 'string' && chunk.endsWith('\r\n\r\n')) {
        head += chunk;
        done();
        return;
      }
      const message = Buffer.concat([Buffer.from(head), Buffer.from(chunk)]);
      head = '';
      output.write(message, done);
    },
  });
  output.on('error', (error) => whole.destroy(error));
  output.on('close', () => whole.destroy());
  return whole;
}
