import { Writable } from 'node:stream';

/**
 * A stream that hands over to another for as long as somebody reads that, and then swallows: what waits until its output
 * is written, waits for nothing.
 */
export const whileRead = (to: NodeJS.WriteStream): Writable =>
  new Writable({
    write(chunk, _, done) {
      if (to.writable) to.write(chunk);
      done();
    },
  });
